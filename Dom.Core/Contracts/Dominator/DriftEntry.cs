using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>A deviation of a machine that no update caused, and that was corrected.</summary>
[MessagePackObject]
public sealed partial record DriftEntry
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>When the master heard of it, by its own clock.</summary>
    public required DateTimeOffset Received { get; init; }

    /// <summary>Id of the machine's log.</summary>
    public ulong Log { get; init; }

    /// <summary>What the machine recorded; its times are those of the machine's clock.</summary>
    public required DriftRecord Record { get; init; }
}
