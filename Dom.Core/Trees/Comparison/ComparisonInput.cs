using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Filters;

namespace Dom.Core.Trees.Comparison;

/// <summary>What a comparison looks at. Everything in it is immutable while it runs.</summary>
public sealed record ComparisonInput
{
    /// <summary>Digest of the image's manifest; part of the plan id.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>A snapshot of the machine.</summary>
    public required FileTree Machine { get; init; }

    /// <summary>The tree of the image.</summary>
    public required FileTree Image { get; init; }

    /// <summary>The image's filter.</summary>
    public PathFilter Filter { get; init; } = PathFilter.Empty;

    /// <summary>What the sub never looks at, whatever the image: its scan exclusions and its private directory.</summary>
    public PathFilter Exclusions { get; init; } = PathFilter.Empty;

    /// <summary>A sparse image: what it lacks stays (rule 11).</summary>
    public bool Sparse { get; init; }

    /// <summary>Contents of the image's computed paths on this machine; null when they are not known.</summary>
    public ComputedSet? Computed { get; init; }

    /// <summary>Entries of the image's whole tree, when known (manifest totals); else they are counted, which reads the whole image.</summary>
    public long? ImageInodes { get; init; }

    /// <summary>Files of the machine with names the snapshot does not show (their link count is higher): they are never changed in place.</summary>
    public IReadOnlySet<UnixPath>? HiddenLinks { get; init; }

    /// <summary>Smallest step of modification times the machine's file system keeps (rule 6); zero for nanoseconds.</summary>
    public TimeSpan MtimeGranularity { get; init; }

    /// <summary>The machine's file system has no extended attributes (rule 6).</summary>
    public bool IgnoreXattrs { get; init; }
}
