using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ObjectServer;

/// <summary>Asks for objects by digest; at most 10,000 a call. A missing one fails the call before anything is sent.</summary>
[MessagePackObject]
public sealed partial record GetObjectsRequest
{
    /// <summary>What the ids are.</summary>
    public ObjectKind Kind { get; init; }

    /// <summary>The ids, sent in this order.</summary>
    public required IReadOnlyList<ObjectId> Ids { get; init; }

    /// <summary>Where to begin in the first of them, to go on with a broken transfer.</summary>
    public long Offset { get; init; }

    /// <summary>Most bytes a second; 0 means no limit.</summary>
    public long BytesPerSecond { get; init; }
}
