using Dom.Core.Objects;
using Dom.Roles.Master.State;

namespace Dom.Roles.Master.Policy;

/// <summary>Plans that people let through the safety stop: one for each machine at most, and only that very plan. Safe for several threads.</summary>
internal sealed class SafetyClears
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SafetyClearRecord> _clears = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SafetyClearRecord> _coming = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    /// <param name="state">What was remembered.</param>
    /// <param name="clock">The clock.</param>
    public SafetyClears(SafetyState state, TimeProvider clock)
    {
        _clock = clock;
        foreach (var clear in state.Clears)
        {
            _clears[clear.Hostname] = clear;
        }
    }

    /// <summary>Who let this plan of this machine through, and why; null when nobody did.</summary>
    public SafetyClearRecord? Find(string host, ObjectId planId)
    {
        lock (_lock)
        {
            return _clears.TryGetValue(host, out var clear) && clear.PlanId == planId ? clear : null;
        }
    }

    /// <summary>Lets a plan through, in place of an earlier one of the machine; it is in force only once <paramref name="save"/> has made it durable.</summary>
    /// <exception cref="IOException">It could not be made durable and is not in force.</exception>
    public async Task ClearAsync(string host, ObjectId planId, string user, string reason, Func<Task> save)
    {
        var clear = new SafetyClearRecord { Hostname = host, PlanId = planId, User = user, Reason = reason, Time = _clock.GetUtcNow() };
        lock (_lock)
        {
            _coming[host] = clear;
        }

        var saved = false;
        try
        {
            await save();
            saved = true;
        }
        finally
        {
            lock (_lock)
            {
                // Not there any more when the machine went, or somebody cleared another plan meanwhile.
                if (_coming.GetValueOrDefault(host) == clear)
                {
                    _coming.Remove(host);
                    if (saved)
                    {
                        _clears[host] = clear;
                    }
                }
            }
        }
    }

    /// <summary>Forgets what was let through for a machine: the plan is done, or the machine is gone. True if there was something.</summary>
    public bool Forget(string host)
    {
        lock (_lock)
        {
            return _coming.Remove(host) | _clears.Remove(host);
        }
    }

    /// <summary>What must be remembered, with what is just being made durable.</summary>
    public SafetyState Snapshot()
    {
        lock (_lock)
        {
            return new SafetyState { Clears = [.. _clears.Values.Where(c => !_coming.ContainsKey(c.Hostname)).Concat(_coming.Values).OrderBy(c => c.Hostname, StringComparer.Ordinal)] };
        }
    }
}
