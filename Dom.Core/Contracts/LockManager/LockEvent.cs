using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>Something that happened in a group.</summary>
[MessagePackObject]
public sealed partial record LockEvent
{
    /// <summary>Grows by one with each event of this server.</summary>
    public long Number { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>In which group.</summary>
    public required string Group { get; init; }

    /// <summary>What: granted, released, forced, freed, overdue, limit, frozen, thawed.</summary>
    public required string What { get; init; }

    /// <summary>The holder it is about; empty for none.</summary>
    public string Id { get; init; } = "";

    /// <summary>Who did it.</summary>
    public string User { get; init; } = "";

    /// <summary>From where.</summary>
    public string Address { get; init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Number of the grant it is about; 0 for none.</summary>
    public long Grant { get; init; }

    /// <summary>Slots that were free afterwards.</summary>
    public int Available { get; init; }
}
