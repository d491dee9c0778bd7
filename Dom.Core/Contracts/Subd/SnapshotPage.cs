using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Part of a machine's file tree: blocks in canonical form, each once, the root block first.</summary>
[MessagePackObject]
public sealed partial record SnapshotPage
{
    /// <summary>Digest of the root block; the same on every page.</summary>
    public required ObjectId Root { get; init; }

    /// <summary>The blocks; their digests are computed by who reads them.</summary>
    public IReadOnlyList<byte[]> Blocks { get; init; } = [];
}
