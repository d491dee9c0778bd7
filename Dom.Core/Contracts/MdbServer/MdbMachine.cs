using Dom.Core.Machines;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>A machine as it is given out, and where that comes from.</summary>
[MessagePackObject]
public sealed partial record MdbMachine
{
    /// <summary>Its host name.</summary>
    public required string Hostname { get; init; }

    /// <summary>The machine in the list; null when it is not there: removed by a pause, left out by a filter, or not yet published.</summary>
    public Machine? Machine { get; init; }

    /// <summary>Why it is not in the list, or is not as the sources say; empty when it is.</summary>
    public string Note { get; init; } = "";

    /// <summary>Its pause; null when there is none.</summary>
    public MachinePause? Pause { get; init; }

    /// <summary>What each source says, the weakest first.</summary>
    public IReadOnlyList<MdbSourceEntry> Sources { get; init; } = [];
}
