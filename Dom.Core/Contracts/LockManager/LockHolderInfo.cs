using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>A holder of a slot.</summary>
[MessagePackObject]
public sealed partial record LockHolderInfo
{
    /// <summary>The name under which it is held.</summary>
    public required string Id { get; init; }

    /// <summary>Number of the grant; 0 when it is not known.</summary>
    public long Grant { get; init; }

    /// <summary>Since when; null when it is not known.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whose certificate asked for it.</summary>
    public string User { get; init; } = "";

    /// <summary>What it is for.</summary>
    public string Reason { get; init; } = "";

    /// <summary>From where it was asked for.</summary>
    public string Address { get; init; } = "";

    /// <summary>How long it was expected to be held; null when nobody said.</summary>
    public TimeSpan? Expected { get; init; }

    /// <summary>It is held for longer than expected.</summary>
    public bool Overdue { get; init; }
}
