using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>What was accepted.</summary>
[MessagePackObject]
public sealed partial record AcceptShrinkResponse
{
    /// <summary>The lists that are used now.</summary>
    public IReadOnlyList<RefusedShrink> Accepted { get; init; } = [];
}
