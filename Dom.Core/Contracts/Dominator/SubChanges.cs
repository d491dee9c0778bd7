using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Changes of machines, up to 250 at a time. Each holds the newest state: what came between two messages is not told.</summary>
[MessagePackObject]
public sealed partial record SubChanges
{
    /// <summary>Random number of the master's process.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Where to go on from: a caller that asks anew with it misses nothing.</summary>
    public required ulong Generation { get; init; }

    /// <summary>True for the first message of a complete state: forget what was known before it.</summary>
    public bool Reset { get; init; }

    /// <summary>True when nothing is left to be sent for now.</summary>
    public bool IsCurrent { get; init; }

    /// <summary>Machines that are new, have changed or have come to match, in host name order.</summary>
    public IReadOnlyList<SubInfo> Subs { get; init; } = [];

    /// <summary>Names of machines that left the list or do not match any more; the caller may not have known them. Applied before <see cref="Subs"/>.</summary>
    public IReadOnlyList<string> Gone { get; init; } = [];
}
