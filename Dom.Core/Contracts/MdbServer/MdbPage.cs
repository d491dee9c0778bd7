using Dom.Core.Machines;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>Up to 500 machines of the list.</summary>
[MessagePackObject]
public sealed partial record MdbPage
{
    /// <summary>The machines in host name order.</summary>
    public IReadOnlyList<Machine> Machines { get; init; } = [];
}
