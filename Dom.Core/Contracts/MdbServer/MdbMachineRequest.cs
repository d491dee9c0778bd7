using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>Names a machine.</summary>
[MessagePackObject]
public sealed partial record MdbMachineRequest
{
    /// <summary>Its host name.</summary>
    public required string Hostname { get; init; }
}
