using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Outcome of reading and verifying a whole image.</summary>
[MessagePackObject]
public sealed partial record CheckImageResponse
{
    /// <summary>Blocks read.</summary>
    public long Blocks { get; init; }

    /// <summary>Objects read.</summary>
    public long Objects { get; init; }

    /// <summary>Bytes read.</summary>
    public long Bytes { get; init; }

    /// <summary>Digests that are missing, at most 1,000.</summary>
    public IReadOnlyList<ObjectId> Missing { get; init; } = [];

    /// <summary>Digests whose bytes are wrong, at most 1,000.</summary>
    public IReadOnlyList<ObjectId> Corrupt { get; init; } = [];
}
