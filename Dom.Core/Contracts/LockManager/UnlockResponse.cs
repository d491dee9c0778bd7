using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>The slot is not held any more.</summary>
[MessagePackObject]
public sealed partial record UnlockResponse
{
    /// <summary>False when it was not held before either.</summary>
    public bool Released { get; init; }

    /// <summary>Slots that are free now.</summary>
    public int Available { get; init; }
}
