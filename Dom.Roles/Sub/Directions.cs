namespace Dom.Roles.Sub;

/// <summary>The master's standing word: whether anything may go on, and for how long without hearing from it (rule 19).</summary>
/// <remarks>Times are those of the monotonic clock. Every poll renews the word; one that says halt ends what is under way.</remarks>
internal sealed class Directions(TimeProvider time) : IDisposable
{
    /// <summary>How long a word lasts that does not say so.</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LongestLifetime = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private readonly HashSet<CancellationTokenSource> _running = [];
    private ITimer? _expiry;
    private bool _halted;
    private bool _hasHeard;
    private long _heardAt = time.GetTimestamp();

    /// <summary>True while the master says that nothing may be fetched or changed.</summary>
    public bool Halted
    {
        get
        {
            lock (_lock)
            {
                return _halted;
            }
        }
    }

    /// <summary>True once a master has polled since the start.</summary>
    public bool HasHeard
    {
        get
        {
            lock (_lock)
            {
                return _hasHeard;
            }
        }
    }

    /// <summary>How long ago a master polled, or the sub was started.</summary>
    public TimeSpan SinceHeard
    {
        get
        {
            lock (_lock)
            {
                return time.GetElapsedTime(_heardAt);
            }
        }
    }

    /// <summary>True while a direction is under way.</summary>
    public bool AnyRunning
    {
        get
        {
            lock (_lock)
            {
                return _running.Count > 0;
            }
        }
    }

    /// <summary>The lifetime that counts for one that a master names.</summary>
    public static TimeSpan Bound(TimeSpan lifetime) => lifetime <= TimeSpan.Zero ? DefaultLifetime : lifetime > LongestLifetime ? LongestLifetime : lifetime;

    /// <summary>Takes the word of a poll; true when it is another one than before.</summary>
    public bool Hear(bool halt, TimeSpan lifetime)
    {
        bool isOther;
        lock (_lock)
        {
            (_hasHeard, _heardAt) = (true, time.GetTimestamp());
            isOther = _halted != halt;
            _halted = halt;
            if (!halt)
            {
                Renew(lifetime);
                return isOther;
            }
        }

        CancelAll();
        return isOther;
    }

    /// <summary>Begins a direction; its token is cancelled by a halt or when nothing was heard for its lifetime.</summary>
    public Direction Begin(TimeSpan lifetime, CancellationToken stopping)
    {
        var source = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bool halted;
        lock (_lock)
        {
            _running.Add(source);
            Renew(lifetime);
            halted = _halted;
        }

        if (halted)
        {
            source.Cancel();
        }

        return new Direction(this, source);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _expiry?.Dispose();
        }
    }

    private void Renew(TimeSpan lifetime)
    {
        var due = Bound(lifetime);
        if (_expiry is null)
        {
            _expiry = time.CreateTimer(_ => CancelAll(), null, due, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _expiry.Change(due, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Outside the lock: what is cancelled may come back here at once.</summary>
    private void CancelAll()
    {
        CancellationTokenSource[] running;
        lock (_lock)
        {
            running = [.. _running];
        }

        foreach (var source in running)
        {
            try
            {
                source.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The direction has just ended by itself.
            }
        }
    }

    private void End(CancellationTokenSource source)
    {
        lock (_lock)
        {
            _running.Remove(source);
        }

        source.Dispose();
    }

    /// <summary>One direction that is under way until it is disposed.</summary>
    internal sealed class Direction(Directions owner, CancellationTokenSource source) : IDisposable
    {
        /// <summary>Cancelled when the direction is no longer valid.</summary>
        public CancellationToken Token { get; } = source.Token;

        /// <inheritdoc/>
        public void Dispose() => owner.End(source);
    }
}
