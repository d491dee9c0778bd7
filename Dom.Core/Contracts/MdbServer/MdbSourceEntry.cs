using Dom.Core.Machines;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.MdbServer;

/// <summary>What one source says of one machine.</summary>
[MessagePackObject]
public sealed partial record MdbSourceEntry
{
    /// <summary>Name of the source.</summary>
    public required string Source { get; init; }

    /// <summary>The machine as the source has it.</summary>
    public required Machine Machine { get; init; }
}
