using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;

namespace Dom.Roles.LockManager.Groups;

/// <summary>One look at a group's state and the changes that are to become one write. When the write loses against another one, all is done anew on what stands there then.</summary>
internal sealed class GroupTurn(string group, GroupState state, DateTimeOffset now, long timestamp, long? lastGrant)
{
    private readonly List<LockEvent> _events = [];

    /// <summary>The state as it is to be.</summary>
    public GroupState State { get; set; } = state;

    /// <summary>The wall clock, for people.</summary>
    public DateTimeOffset Now => now;

    /// <summary>The monotonic clock, for decisions.</summary>
    public long Timestamp => timestamp;

    /// <summary>When something was granted last by the monotonic clock; null when nothing was.</summary>
    public long? LastGrant { get; set; } = lastGrant;

    /// <summary>What is to be told when the write is made.</summary>
    public IReadOnlyList<LockEvent> Events => _events;

    /// <summary>True when that must be on disk before the write: slots that are taken from somebody.</summary>
    public bool RecordsFirst { get; private set; }

    /// <summary>Says what happens.</summary>
    public void Tell(string what, string id = "", string user = "", string address = "", string reason = "", long grant = 0, bool first = false)
    {
        RecordsFirst |= first;
        _events.Add(new LockEvent
        {
            Time = now,
            Group = group,
            What = what,
            Id = id,
            User = user,
            Address = address,
            Reason = reason,
            Grant = grant,
            Available = State.Available,
        });
    }
}
