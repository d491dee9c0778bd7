using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Asks for the state of groups.</summary>
[MessagePackObject]
public sealed partial record LockStatusRequest
{
    /// <summary>One group; empty for all.</summary>
    public string Group { get; init; } = "";
}
