using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>A slot is held.</summary>
[MessagePackObject]
public sealed partial record LockResponse
{
    /// <summary>Number of the grant, growing within the group; 0 when the store does not keep it.</summary>
    public long Grant { get; init; }

    /// <summary>It was held before.</summary>
    public bool AlreadyHeld { get; init; }

    /// <summary>Slots that are free now; below 0 when more hold than may.</summary>
    public int Available { get; init; }
}
