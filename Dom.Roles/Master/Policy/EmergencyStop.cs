using Dom.Core.Contracts.Dominator;

namespace Dom.Roles.Master.Policy;

/// <summary>The emergency stop: while it is on, no machine is changed. It survives restarts. Safe for several threads.</summary>
internal sealed class EmergencyStop : IDisposable
{
    private readonly Func<Task> _save;
    private readonly Action _changed;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _lock = new();
    private volatile UpdatesSwitch _state;
    private UpdatesSwitch? _pending;

    /// <param name="state">What was remembered.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="save">Makes <see cref="State"/> durable.</param>
    /// <param name="changed">Called as soon as machines must hear of a change.</param>
    public EmergencyStop(UpdatesSwitch state, TimeProvider clock, Func<Task> save, Action changed)
    {
        _state = state;
        _clock = clock;
        _save = save;
        _changed = changed;
    }

    /// <summary>The state, with who set it and why.</summary>
    public UpdatesSwitch State => _state;

    /// <summary>True while no machine may be changed.</summary>
    public bool IsOn => _state.Disabled;

    /// <summary>Stops all updates: takes effect at once, and is durable when this returns.</summary>
    /// <exception cref="IOException">The stop is in force but would not survive a restart.</exception>
    public async Task<UpdatesSwitch> StopAsync(string user, string reason, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var stopped = Make(disabled: true, user, reason);
        lock (_lock)
        {
            _state = stopped;
            _pending = null;
        }

        // First the stop, then the disk: neither a full disk nor a release that is being written must keep updates running.
        _changed();
        await _one.WaitAsync(CancellationToken.None);
        try
        {
            await _save();
        }
        finally
        {
            _one.Release();
        }

        return stopped;
    }

    /// <summary>Lets updates go on; they go on only after this is durable.</summary>
    /// <returns>The state now: still stopped when somebody stopped updates again meanwhile.</returns>
    /// <exception cref="IOException">It could not be made durable; updates stay stopped.</exception>
    public async Task<UpdatesSwitch> ReleaseAsync(string user, string reason, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var enabled = Make(disabled: false, user, reason);
            UpdatesSwitch before;
            lock (_lock)
            {
                before = _state;
                _pending = enabled;
            }

            await _save();
            lock (_lock)
            {
                if (!ReferenceEquals(_state, before))
                {
                    // A stop that came during the write is in force, and is written next.
                    return _state;
                }

                _state = enabled;
                _pending = null;
            }

            if (before.Disabled)
            {
                _changed();
            }

            return enabled;
        }
        finally
        {
            lock (_lock)
            {
                _pending = null;
            }

            _one.Release();
        }
    }

    /// <summary>What is to be written: the coming state while it is made durable.</summary>
    public UpdatesSwitch Snapshot()
    {
        lock (_lock)
        {
            return _pending ?? _state;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private UpdatesSwitch Make(bool disabled, string user, string reason) =>
        new() { Disabled = disabled, User = user, Reason = reason, Since = _clock.GetUtcNow() };
}
