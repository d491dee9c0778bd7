using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Roles.LockManager.Events;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager.Groups;

/// <summary>
/// Who holds a slot for longer than expected: an alarm, never a grant. Time runs by this process's monotonic clock from when it first saw the holder, so that a
/// restart or a clock that was set makes an alarm late and never early.
/// </summary>
internal sealed class HoldDeadlines(string group, EventLog events, TimeProvider clock, ILogger log)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(string Id, long Grant), (long Since, bool IsOverdue)> _seen = [];

    /// <summary>True when the alarm was given.</summary>
    public bool IsOverdue(LockHolder holder)
    {
        lock (_lock)
        {
            return _seen.TryGetValue((holder.Id, holder.Grant), out var seen) && seen.IsOverdue;
        }
    }

    /// <summary>Looks at the holders; alarms once for each grant.</summary>
    public void Look(GroupState state)
    {
        lock (_lock)
        {
            foreach (var gone in _seen.Keys.Where(k => state.Find(k.Id)?.Grant != k.Grant).ToList())
            {
                _seen.Remove(gone);
            }

            foreach (var holder in state.Holders)
            {
                var key = (holder.Id, holder.Grant);
                if (!_seen.TryGetValue(key, out var seen))
                {
                    _seen[key] = (clock.GetTimestamp(), false);
                }
                else if (!seen.IsOverdue && holder.Expected is { } expected && clock.GetElapsedTime(seen.Since) > expected)
                {
                    _seen[key] = seen with { IsOverdue = true };
                    log.Overdue(group, holder.Id, expected);
                    events.Add(
                    [
                        new LockEvent
                        {
                            Time = clock.GetUtcNow(),
                            Group = group,
                            What = "overdue",
                            Id = holder.Id,
                            User = holder.User,
                            Reason = holder.Reason,
                            Grant = holder.Grant,
                            Available = state.Available,
                        },
                    ],
                        durable: false);
                }
            }
        }
    }
}
