using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>The state of a machine list made of many sources.</summary>
[MessagePackObject]
public sealed partial record MdbStatus
{
    /// <summary>Machines in the list in force.</summary>
    public int Machines { get; init; }

    /// <summary>Counts the lists since the start.</summary>
    public long Generation { get; init; }

    /// <summary>When the list in force was published; null before the first.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Why the list in force is older than the sources; empty when it is not.</summary>
    public string Held { get; init; } = "";

    /// <summary>Everything that is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>The sources in the order of precedence, the weakest first.</summary>
    public IReadOnlyList<MdbSourceStatus> Sources { get; init; } = [];

    /// <summary>Lists that lost too many machines and wait to be accepted.</summary>
    public IReadOnlyList<RefusedShrink> Refused { get; init; } = [];

    /// <summary>Machines that are paused.</summary>
    public IReadOnlyList<MachinePause> Pauses { get; init; } = [];

    /// <summary>Readers that follow the list.</summary>
    public int Watchers { get; init; }

    /// <summary>When the role started.</summary>
    public DateTimeOffset StartTime { get; init; }

    /// <summary>Version of the program.</summary>
    public string Version { get; init; } = "";
}
