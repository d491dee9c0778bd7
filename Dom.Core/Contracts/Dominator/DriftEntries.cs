using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Up to 250 deviations: machine by machine in host name order, the oldest first. There is always one page.</summary>
[MessagePackObject]
public sealed partial record DriftEntries
{
    /// <summary>The deviations.</summary>
    public IReadOnlyList<DriftEntry> Entries { get; init; } = [];
}
