namespace Dom.Core.Trees.Scanning;

/// <summary>Keeps what several threads read together below a speed: each pays for what it is about to read and waits until the debt is worked off.</summary>
public sealed class ReadLimiter
{
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly long _start;
    private long _bytesPerSecond;
    private TimeSpan _freeAt;

    /// <summary>A limit in bytes a second; it can be changed while threads read.</summary>
    public ReadLimiter(long bytesPerSecond, TimeProvider time)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bytesPerSecond);
        _bytesPerSecond = bytesPerSecond;
        _time = time;
        _start = time.GetTimestamp();
    }

    /// <summary>The limit. What was paid for already is waited for at the old speed, at most one chunk of a thread.</summary>
    public long BytesPerSecond
    {
        get => Interlocked.Read(ref _bytesPerSecond);
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value);
            Interlocked.Exchange(ref _bytesPerSecond, value);
        }
    }

    /// <summary>Blocks the calling thread until so many bytes may be read.</summary>
    internal void Pay(int bytes, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var now = _time.GetElapsedTime(_start);
            wait = _freeAt - now;

            // Time in which nothing was read is not saved up: a burst would be just what the limit is to prevent.
            _freeAt = (_freeAt > now ? _freeAt : now) + TimeSpan.FromSeconds((double)bytes / BytesPerSecond);
        }

        if (wait > TimeSpan.Zero)
        {
            using var due = new ManualResetEventSlim();
            using var timer = _time.CreateTimer(static state => ((ManualResetEventSlim)state!).Set(), due, wait, Timeout.InfiniteTimeSpan);
            due.Wait(cancellationToken);
        }
    }
}
