using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ObjectServer;

/// <summary>What is stored.</summary>
[MessagePackObject]
public sealed partial record CheckObjectsResponse
{
    /// <summary>Sizes in the order asked; -1 for what is missing.</summary>
    public required IReadOnlyList<long> Sizes { get; init; }

    /// <summary>In the same order, bytes received of what is missing by an upload that was cut off: it may go on there. Empty when there are none.</summary>
    public IReadOnlyList<long> Received { get; init; } = [];

    /// <summary>Positions in <see cref="Received"/>, ascending, of objects that an upload is still at work on, be it one whose connection has just broken: their end is waited for.</summary>
    public IReadOnlyList<int> Arriving { get; init; } = [];
}
