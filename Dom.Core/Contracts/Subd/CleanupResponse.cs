using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>What was removed, or would be.</summary>
[MessagePackObject]
public sealed partial record CleanupResponse
{
    /// <summary>Contents.</summary>
    public int Objects { get; init; }

    /// <summary>Blocks and manifests.</summary>
    public int Blocks { get; init; }

    /// <summary>Free bytes of the file system afterwards.</summary>
    public long FreeBytes { get; init; }
}
