using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>The state of one group.</summary>
[MessagePackObject]
public sealed partial record LockGroupStatus
{
    /// <summary>Its name.</summary>
    public required string Group { get; init; }

    /// <summary>Free slots; below 0 when more hold than may.</summary>
    public int Available { get; init; }

    /// <summary>The limit in force.</summary>
    public int Max { get; init; }

    /// <summary>The limit as it is written: a number or a percentage.</summary>
    public string Limit { get; init; } = "";

    /// <summary>Machines of the group that a percentage counts; null when it does not matter or is not known.</summary>
    public int? Machines { get; init; }

    /// <summary>The holders, in the order of locksmith.</summary>
    public IReadOnlyList<LockHolderInfo> Holders { get; init; } = [];

    /// <summary>Who waits, the first one first.</summary>
    public IReadOnlyList<LockWaiterInfo> Waiting { get; init; } = [];

    /// <summary>Why nothing would be granted now even if slots are free; empty when something would.</summary>
    public string Obstacle { get; init; } = "";

    /// <summary>Code of the obstacle: frozen, window_closed, pause, store_unavailable; empty for none.</summary>
    public string ObstacleKind { get; init; } = "";

    /// <summary>Who froze the group; empty when it is not frozen.</summary>
    public string FrozenBy { get; init; } = "";

    /// <summary>Why it is frozen.</summary>
    public string FreezeReason { get; init; } = "";

    /// <summary>When the freeze ends by itself; null for never.</summary>
    public DateTimeOffset? FrozenUntil { get; init; }

    /// <summary>The windows in which slots are granted; empty for always.</summary>
    public IReadOnlyList<string> Windows { get; init; } = [];

    /// <summary>When the next window opens; null while one is open, and when there are none.</summary>
    public DateTimeOffset? NextWindow { get; init; }

    /// <summary>Grants so far.</summary>
    public long Grants { get; init; }

    /// <summary>When something was granted last.</summary>
    public DateTimeOffset? LastGrantAt { get; init; }

    /// <summary>Why this is not known to be the state of now; empty when it is.</summary>
    public string StoreError { get; init; } = "";

    /// <summary>When the store last said so.</summary>
    public DateTimeOffset? ReadAt { get; init; }
}
