using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>What became of a control for several machines: one that fails stops no other. When it fails for all, the call fails instead.</summary>
[MessagePackObject]
public sealed partial record ControlResponse
{
    /// <summary>Machines to which it was applied.</summary>
    public IReadOnlyList<string> Done { get; init; } = [];

    /// <summary>The others.</summary>
    public IReadOnlyList<MachineFault> Failed { get; init; } = [];
}
