using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Sets the image of machines for which the machine list requires none.</summary>
[MessagePackObject]
public sealed partial record DefaultImageRequest
{
    /// <summary>A sparse image; empty for none.</summary>
    public string Image { get; init; } = "";

    /// <summary>Why, for everybody who asks later.</summary>
    public required string Reason { get; init; }
}
