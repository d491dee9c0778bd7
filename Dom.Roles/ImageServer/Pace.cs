namespace Dom.Roles.ImageServer;

/// <summary>Keeps a stream to a byte rate by waiting after what was sent too early.</summary>
internal sealed class Pace(long bytesPerSecond, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();
    private long _sent;

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
