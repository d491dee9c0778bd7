using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.LockManager;

/// <summary>What happened, the oldest first.</summary>
[MessagePackObject]
public sealed partial record LockEvents
{
    /// <summary>The events; of a stream, an empty list says only that the server is there.</summary>
    public IReadOnlyList<LockEvent> Events { get; init; } = [];
}
