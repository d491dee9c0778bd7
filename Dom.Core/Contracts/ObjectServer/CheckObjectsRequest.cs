using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ObjectServer;

/// <summary>Asks which of these are stored; at most 10,000 a call.</summary>
[MessagePackObject]
public sealed partial record CheckObjectsRequest
{
    /// <summary>What the ids are.</summary>
    public ObjectKind Kind { get; init; }

    /// <summary>The ids.</summary>
    public required IReadOnlyList<ObjectId> Ids { get; init; }

    /// <summary>Upload lease that must protect those found; empty for a mere question.</summary>
    public string Lease { get; init; } = "";
}
