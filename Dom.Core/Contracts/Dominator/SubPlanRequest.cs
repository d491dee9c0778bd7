using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Asks what an update of a machine would do.</summary>
[MessagePackObject]
public sealed partial record SubPlanRequest
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>Image to compare with; empty for the required one.</summary>
    public string Image { get; init; } = "";
}
