using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Asks which deviations were corrected.</summary>
[MessagePackObject]
public sealed partial record DriftQuery
{
    /// <summary>Which machines; null for all.</summary>
    public SubQuery? Machines { get; init; }

    /// <summary>Only what the master heard of at this moment or later; null for all that is kept.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only what happened within this time before now, by the master's clock; null to go by <see cref="Since"/>.</summary>
    public TimeSpan? Last { get; init; }
}
