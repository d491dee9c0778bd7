using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Asks for the state of machines from a generation on (rule 27).</summary>
[MessagePackObject]
public sealed partial record WatchRequest
{
    /// <summary>Which machines, null for all; one that no longer matches is reported as gone.</summary>
    public SubQuery? Query { get; init; }

    /// <summary>Epoch of what the caller knows; 0 when it knows nothing.</summary>
    public ulong Epoch { get; init; }

    /// <summary>Generation of what the caller knows: only what changed since is sent, if the master still can tell.</summary>
    public ulong Generation { get; init; }

    /// <summary>True to leave out tags and the machine's own report: status, images and times only.</summary>
    public bool Brief { get; init; }
}
