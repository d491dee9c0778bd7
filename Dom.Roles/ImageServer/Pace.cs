namespace Dom.Roles.ImageServer;

/// <summary>Keeps a stream to a byte rate by waiting after what was sent too early.</summary>
internal sealed class Pace(long bytesPerSecond, TimeProvider time)
{
    private const int SmallestChunk = 4 * 1024;

    private readonly long _start = time.GetTimestamp();
    private long _sent;

    /// <summary>Bytes to send at once: a quarter of a second's, so that a slow stream flows instead of standing still between large chunks.</summary>
    public int ChunkBytes(int most) => bytesPerSecond <= 0 ? most : (int)Math.Clamp(bytesPerSecond / 4, Math.Min(SmallestChunk, most), most);

    /// <summary>Counts bytes and waits until the rate allows more.</summary>
    public async ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond <= 0)
        {
            return;
        }

        _sent += bytes;
        var due = TimeSpan.FromSeconds(_sent / (double)bytesPerSecond);
        var early = due - time.GetElapsedTime(_start);
        if (early > TimeSpan.Zero)
        {
            await Task.Delay(early, time, cancellationToken);
        }
    }
}
