using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>The state of the lock-manager.</summary>
[MessagePackObject]
public sealed partial record LockStatus
{
    /// <summary>The groups in the order of their names.</summary>
    public IReadOnlyList<LockGroupStatus> Groups { get; init; } = [];

    /// <summary>Where they are kept.</summary>
    public string Store { get; init; } = "";

    /// <summary>Readers that follow events.</summary>
    public int Watchers { get; init; }

    /// <summary>When the server started.</summary>
    public DateTimeOffset StartTime { get; init; }

    /// <summary>Its version.</summary>
    public string Version { get; init; } = "";
}
