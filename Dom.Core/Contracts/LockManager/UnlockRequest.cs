using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Gives a slot back.</summary>
[MessagePackObject]
public sealed partial record UnlockRequest
{
    /// <summary>The group; empty for <c>default</c>.</summary>
    public string Group { get; init; } = "";

    /// <summary>The name under which the slot is held.</summary>
    public required string Id { get; init; }

    /// <summary>Why; shown in the log of the group.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Not holding a slot is an error, as in locksmith.</summary>
    public bool Strict { get; init; }
}
