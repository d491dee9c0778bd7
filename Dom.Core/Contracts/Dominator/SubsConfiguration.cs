using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>The speeds set for all subs.</summary>
[MessagePackObject]
public sealed partial record SubsConfiguration
{
    /// <summary>The speeds; null when none were ever set.</summary>
    public SubSettings? Settings { get; init; }

    /// <summary>Who set them; empty when nobody ever did.</summary>
    public string User { get; init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When, by the master's clock.</summary>
    public DateTimeOffset Since { get; init; }
}
