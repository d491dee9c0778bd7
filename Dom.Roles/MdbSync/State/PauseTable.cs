using Dom.Core.Contracts.MdbServer;

namespace Dom.Roles.MdbSync.State;

/// <summary>Which machines are paused. Changes count when they are on disk; a pause ends by itself when its time is over.</summary>
internal sealed class PauseTable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, MachinePause> _pauses = new(StringComparer.Ordinal);
    private readonly TimeProvider _clock;

    /// <summary>Takes the pauses of before a restart.</summary>
    public PauseTable(IReadOnlyDictionary<string, PauseRecord> records, TimeProvider clock)
    {
        _clock = clock;
        foreach (var (name, record) in records)
        {
            _pauses[name] = new MachinePause
            {
                Hostname = name,
                User = record.Username,
                Reason = record.Reason,
                Since = record.Since,
                Until = record.Until,
                Remove = record.Remove,
            };
        }
    }

    /// <summary>The pauses in force, by host name.</summary>
    public IReadOnlyDictionary<string, MachinePause> InForce()
    {
        var now = _clock.GetUtcNow();
        lock (_lock)
        {
            return _pauses.Where(p => p.Value.Until > now).ToDictionary(StringComparer.Ordinal);
        }
    }

    /// <summary>The pause of one machine; null when there is none in force.</summary>
    public MachinePause? Find(string hostname)
    {
        lock (_lock)
        {
            return _pauses.TryGetValue(hostname, out var pause) && pause.Until > _clock.GetUtcNow() ? pause : null;
        }
    }

    /// <summary>How many machines a user pauses now, this one not counted.</summary>
    public int CountOf(string user, string otherThan)
    {
        var now = _clock.GetUtcNow();
        lock (_lock)
        {
            return _pauses.Values.Count(p => p.User == user && p.Hostname != otherThan && p.Until > now);
        }
    }

    /// <summary>Sets a pause, or ends it with null. Returns what was there.</summary>
    public MachinePause? Set(string hostname, MachinePause? pause)
    {
        lock (_lock)
        {
            var before = _pauses.GetValueOrDefault(hostname);
            if (pause is null)
            {
                _pauses.Remove(hostname);
            }
            else
            {
                _pauses[hostname] = pause;
            }

            return before;
        }
    }

    /// <summary>Forgets pauses whose time is over; returns them.</summary>
    public IReadOnlyList<MachinePause> RemoveExpired()
    {
        var now = _clock.GetUtcNow();
        lock (_lock)
        {
            var expired = _pauses.Values.Where(p => p.Until <= now).ToList();
            foreach (var pause in expired)
            {
                _pauses.Remove(pause.Hostname);
            }

            return expired;
        }
    }

    /// <summary>The form on disk.</summary>
    public IReadOnlyDictionary<string, PauseRecord> Snapshot()
    {
        lock (_lock)
        {
            return _pauses.ToDictionary(
                p => p.Key,
                p => new PauseRecord { Reason = p.Value.Reason, Remove = p.Value.Remove, Since = p.Value.Since, Until = p.Value.Until, Username = p.Value.User },
                StringComparer.Ordinal);
        }
    }
}
