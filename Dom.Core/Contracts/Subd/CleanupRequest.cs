using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Asks a sub to remove at once what no image needs any more; it does so by itself too, some time after an update.</summary>
[MessagePackObject]
public sealed partial record CleanupRequest
{
    /// <summary>Counts what would be removed, and removes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>Why; audited by the sub.</summary>
    public string Reason { get; init; } = "";
}
