using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Takes a slot from a holder who cannot give it back.</summary>
[MessagePackObject]
public sealed partial record ForceUnlockRequest
{
    /// <summary>The group; empty for <c>default</c>.</summary>
    public string Group { get; init; } = "";

    /// <summary>The holder.</summary>
    public required string Id { get; init; }

    /// <summary>Why; must not be empty.</summary>
    public required string Reason { get; init; }
}
