using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Asks what happened to a machine.</summary>
[MessagePackObject]
public sealed partial record HistoryRequest
{
    /// <summary>The machine; empty for the controls of the whole fleet.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>Only what happened at this moment or later, by the master's clock; null for all that is kept.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only what happened within this time before now, by the master's clock; null to go by <see cref="Since"/>.</summary>
    public TimeSpan? Last { get; init; }
}
