using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>The fleet in a few numbers.</summary>
[MessagePackObject]
public sealed partial record MasterStatus
{
    /// <summary>Emergency stop.</summary>
    public required UpdatesSwitch Updates { get; init; }

    /// <summary>Machines in the list.</summary>
    public int Machines { get; init; }

    /// <summary>Machines by status word; the sum is <see cref="Machines"/>.</summary>
    public IReadOnlyDictionary<string, int> ByStatus { get; init; } = new Dictionary<string, int>();

    /// <summary>Machines that answered lately.</summary>
    public int Alive { get; init; }

    /// <summary>Machines in sync.</summary>
    public int Compliant { get; init; }

    /// <summary>Machines that answered and differ.</summary>
    public int Deviant { get; init; }

    /// <summary>Images that stopped rolling after failures, by name.</summary>
    public IReadOnlyList<string> HaltedImages { get; init; } = [];

    /// <summary>Fault of the machine list; empty when it is good.</summary>
    public string MachineListError { get; init; } = "";

    /// <summary>Machines that a machine list lacks which was refused because it lost too many at once; 0 when none was.</summary>
    public int RefusedLoss { get; init; }

    /// <summary>The first of these machines, at most 1,000.</summary>
    public IReadOnlyList<string> RefusedMachines { get; init; } = [];

    /// <summary>When the master started.</summary>
    public DateTimeOffset StartTime { get; init; }

    /// <summary>Version of the master's program.</summary>
    public string Version { get; init; } = "";

    /// <summary>Other masters that hold machines of this one's list, and how many each: those are not directed by this one.</summary>
    public IReadOnlyDictionary<string, int> Holders { get; init; } = new Dictionary<string, int>();

    /// <summary>Other masters that poll machines which this one holds, and how many each: they are refused.</summary>
    public IReadOnlyDictionary<string, int> OtherMasters { get; init; } = new Dictionary<string, int>();
}
