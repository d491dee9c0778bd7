using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Somebody who asked for a slot and did not get one yet.</summary>
[MessagePackObject]
public sealed partial record LockWaiterInfo
{
    /// <summary>The name under which it is to be held.</summary>
    public required string Id { get; init; }

    /// <summary>Place in the queue, from 1.</summary>
    public int Place { get; init; }

    /// <summary>When it asked first.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When it asked last; null while it waits on a connection.</summary>
    public DateTimeOffset? LastAsked { get; init; }

    /// <summary>Who asked.</summary>
    public string User { get; init; } = "";

    /// <summary>What it is for.</summary>
    public string Reason { get; init; } = "";
}
