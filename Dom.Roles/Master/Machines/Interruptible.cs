namespace Dom.Roles.Master.Machines;

/// <summary>
/// Lets other threads interrupt what one loop waits for, without losing an interruption that comes between two waits, and without allocating for
/// each wait while none comes.
/// </summary>
internal sealed class Interruptible(TimeProvider clock) : IDisposable
{
    private readonly Lock _lock = new();
    private CancellationTokenSource _source = new(Timeout.InfiniteTimeSpan, clock);
    private bool _interrupted;
    private bool _listening;
    private bool _hastens;
    private bool _stopped;

    /// <summary>True once the loop shall end.</summary>
    public bool IsStopped
    {
        get
        {
            lock (_lock)
            {
                return _stopped;
            }
        }
    }

    /// <summary>Begins a wait of at most <paramref name="limit"/>.</summary>
    /// <param name="limit">After this time the token is cancelled.</param>
    /// <param name="listens">False for a wait that only the end of the loop may cut short.</param>
    /// <param name="hastens">True for a wait that <see cref="Hasten"/> cuts short too.</param>
    /// <returns>A token; already cancelled when there was an interruption since the last listening wait.</returns>
    public CancellationToken Begin(TimeSpan limit, bool listens = true, bool hastens = false)
    {
        lock (_lock)
        {
            if (!_source.TryReset())
            {
                // Not disposed: a cancellation may still be running its last callbacks. Without a timer there is nothing to release.
                _source.CancelAfter(Timeout.InfiniteTimeSpan);
                _source = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
            }

            _listening = listens;
            _hastens = hastens;
            if (_stopped || (_interrupted && listens))
            {
                return new CancellationToken(canceled: true);
            }

            _source.CancelAfter(limit);
            return _source.Token;
        }
    }

    /// <summary>Takes note of interruptions so far: what is decided from here on has seen their cause.</summary>
    public void Acknowledge()
    {
        lock (_lock)
        {
            _interrupted = false;
        }
    }

    /// <summary>Cuts the current wait short, or the next one.</summary>
    public void Interrupt()
    {
        lock (_lock)
        {
            _interrupted = true;
            if (_listening && !_stopped)
            {
                // Asynchronously: the loop must not go on inside the caller.
                _ = _source.CancelAsync();
            }
        }
    }

    /// <summary>Interrupts, and cuts short also a wait for a machine that does not answer.</summary>
    public void Hasten()
    {
        lock (_lock)
        {
            _interrupted = true;
            if ((_listening || _hastens) && !_stopped)
            {
                _ = _source.CancelAsync();
            }
        }
    }

    /// <summary>Ends the loop: cuts short this wait and all later ones.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopped = true;
            _ = _source.CancelAsync();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopped = true;
            _source.Dispose();
        }
    }
}
