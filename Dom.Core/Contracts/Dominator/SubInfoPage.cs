using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Up to 1,000 machines.</summary>
[MessagePackObject]
public sealed partial record SubInfoPage
{
    /// <summary>The machines in host name order.</summary>
    public IReadOnlyList<SubInfo> Subs { get; init; } = [];
}
