using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Up to 10,000 names.</summary>
[MessagePackObject]
public sealed partial record SubNamesPage
{
    /// <summary>The names in host name order.</summary>
    public IReadOnlyList<string> Hostnames { get; init; } = [];
}
