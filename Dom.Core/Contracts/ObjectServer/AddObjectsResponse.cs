using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ObjectServer;

/// <summary>Every object of the stream was verified and stored.</summary>
[MessagePackObject]
public sealed partial record AddObjectsResponse
{
    /// <summary>Objects that were not stored before.</summary>
    public long Added { get; init; }

    /// <summary>Bytes received.</summary>
    public long Bytes { get; init; }
}
