using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Up to 500 records, the oldest first. There is always one page.</summary>
[MessagePackObject]
public sealed partial record HistoryPage
{
    /// <summary>The records.</summary>
    public IReadOnlyList<HistoryRecord> Records { get; init; } = [];
}
