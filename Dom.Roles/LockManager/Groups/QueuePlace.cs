using Dom.Core.Contracts.LockManager;

namespace Dom.Roles.LockManager.Groups;

/// <summary>Somebody in the queue of a group.</summary>
internal sealed class QueuePlace(LockAsk ask, DateTimeOffset since)
{
    /// <summary>What was asked last.</summary>
    public LockAsk Ask { get; set; } = ask;

    /// <summary>When it asked first.</summary>
    public DateTimeOffset Since { get; } = since;

    /// <summary>When it asked last.</summary>
    public DateTimeOffset LastAsked { get; set; } = since;

    /// <summary>The same by the monotonic clock.</summary>
    public long LastSeen { get; set; }

    /// <summary>Calls that wait for the slot now.</summary>
    public List<TaskCompletionSource<LockResponse>> Calls { get; } = [];
}
