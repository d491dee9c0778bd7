using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>The limit is set.</summary>
[MessagePackObject]
public sealed partial record SetMaxResponse
{
    /// <summary>The number in force before.</summary>
    public int OldMax { get; init; }

    /// <summary>The number in force now.</summary>
    public int NewMax { get; init; }

    /// <summary>The limit before, as it was written.</summary>
    public string OldLimit { get; init; } = "";

    /// <summary>The limit now, as it is written.</summary>
    public string NewLimit { get; init; } = "";

    /// <summary>Holders more than the new limit allows; nobody is evicted.</summary>
    public int Over { get; init; }
}
