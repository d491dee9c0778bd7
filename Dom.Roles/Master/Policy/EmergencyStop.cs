using Dom.Core.Contracts.Dominator;

namespace Dom.Roles.Master.Policy;

/// <summary>The emergency stop: while it is on, no machine is changed. It survives restarts. Safe for several threads.</summary>
internal sealed class EmergencyStop : IDisposable
{
    private readonly Func<Task> _save;
    private readonly Action _changed;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _one = new(1);
    private volatile UpdatesSwitch _state;
    private volatile UpdatesSwitch? _pending;

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
        await _one.WaitAsync(cancellationToken);
        try
        {
            // First the stop, then the disk: a full disk must not keep updates running.
            _state = Make(disabled: true, user, reason);
            _changed();
            await _save();
            return _state;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Lets updates go on; they go on only after this is durable.</summary>
    /// <exception cref="IOException">It could not be made durable; updates stay stopped.</exception>
    public async Task<UpdatesSwitch> ReleaseAsync(string user, string reason, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        var before = _state;
        try
        {
            var enabled = Make(disabled: false, user, reason);
            _pending = enabled;
            await _save();
            _state = enabled;
        }
        finally
        {
            _pending = null;
            _one.Release();
        }

        if (before.Disabled)
        {
            _changed();
        }

        return _state;
    }

    /// <summary>What is to be written: the coming state while it is made durable.</summary>
    public UpdatesSwitch Snapshot() => _pending ?? _state;

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    private UpdatesSwitch Make(bool disabled, string user, string reason) =>
        new() { Disabled = disabled, User = user, Reason = reason, Since = _clock.GetUtcNow() };
}
