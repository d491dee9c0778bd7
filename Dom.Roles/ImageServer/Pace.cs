namespace Dom.Roles.ImageServer;

/// <summary>Keeps a stream to a byte rate by waiting after what was sent too early.</summary>
internal sealed class Pace(long bytesPerSecond, TimeProvider time)
{
    private const int SmallestChunk = 4 * 1024;
    private const int ChunksPerSecond = 16;

    /// <summary>A reader that stood still longer does not get afterwards, all at once, what it did not take.</summary>
    private static readonly TimeSpan Saved = TimeSpan.FromMilliseconds(250);

    private readonly long _start = time.GetTimestamp();
    private TimeSpan _due;

    /// <summary>Bytes to send at once: a small part of a second's, so that a slow stream flows instead of standing still between large chunks.</summary>
    public int ChunkBytes(int most) => bytesPerSecond <= 0 ? most : (int)Math.Clamp(bytesPerSecond / ChunksPerSecond, Math.Min(SmallestChunk, most), most);

    /// <summary>Counts bytes and waits until the rate allows more.</summary>
    public async ValueTask WaitAsync(int bytes, CancellationToken cancellationToken)
    {
        if (bytesPerSecond <= 0)
        {
            return;
        }

        var now = time.GetElapsedTime(_start);
        _due = (_due > now - Saved ? _due : now - Saved) + TimeSpan.FromSeconds(bytes / (double)bytesPerSecond);
        if (_due > now)
        {
            await Task.Delay(_due - now, time, cancellationToken);
        }
    }
}
