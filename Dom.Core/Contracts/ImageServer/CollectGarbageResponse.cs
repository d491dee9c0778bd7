using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>What a collection of garbage did, or would do.</summary>
[MessagePackObject]
public sealed partial record CollectGarbageResponse
{
    /// <summary>True when nothing was removed because only counts were asked for.</summary>
    public bool DryRun { get; init; }

    /// <summary>Images whose trees were followed.</summary>
    public long Images { get; init; }

    /// <summary>Objects, blocks and manifests that images are made of.</summary>
    public long Kept { get; init; }

    /// <summary>Bytes of them.</summary>
    public long KeptBytes { get; init; }

    /// <summary>Objects, blocks and manifests removed, or that would be.</summary>
    public long Removed { get; init; }

    /// <summary>Bytes of them.</summary>
    public long RemovedBytes { get; init; }

    /// <summary>Unused ones left because they are too young.</summary>
    public long TooYoung { get; init; }

    /// <summary>Unused ones left because an upload under way needs them.</summary>
    public long Protected { get; init; }

    /// <summary>Packs rewritten or deleted.</summary>
    public long Packs { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }
}
