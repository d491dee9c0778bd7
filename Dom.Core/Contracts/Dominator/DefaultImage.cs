using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>The image of machines for which the machine list requires none.</summary>
[MessagePackObject]
public sealed partial record DefaultImage
{
    /// <summary>The image; empty for none.</summary>
    public string Image { get; init; } = "";

    /// <summary>Who set it; empty when nobody ever did.</summary>
    public string User { get; init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When, by the master's clock.</summary>
    public DateTimeOffset Since { get; init; }
}
