using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Asks the server to remove what no image is made of.</summary>
[MessagePackObject]
public sealed partial record CollectGarbageRequest
{
    /// <summary>Only count; nothing is removed.</summary>
    public bool DryRun { get; init; }

    /// <summary>Only what was stored at least so long ago; null for the server's option.</summary>
    public TimeSpan? Age { get; init; }
}
