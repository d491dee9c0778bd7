using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;

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

    /// <summary>Contested paths whose deviation is left as it is for now (rule 26): remarked, without a step. What lies in such a directory is compared.</summary>
    public IReadOnlySet<UnixPath>? Deferred { get; init; }

    /// <summary>A sparse image: what it lacks stays (rule 11).</summary>
    public bool Sparse { get; init; }

    /// <summary>Contents of the image's computed paths on this machine; null when they are not known.</summary>
    public ComputedSet? Computed { get; init; }

    /// <summary>Entries of the image's whole tree, when known (manifest totals); else they are counted, which reads the whole image.</summary>
    public long? ImageInodes { get; init; }

    /// <summary>
    /// How many names a file of the machine has according to its file system; null when that is not known. A file with more names than the snapshot
    /// shows is never changed in place: the others may be filtered.
    /// </summary>
    public Func<UnixPath, int>? LinkCount { get; init; }

    /// <summary>What the machine's file system can hold; what it cannot is not compared (rule 6). Null for everything.</summary>
    public FileSystemAbilities? Abilities { get; init; }

    /// <summary>
    /// Paths on which something is mounted although the snapshot shows what lies under it, since it was taken through a view without mounts. Nothing else can stand
    /// there, and no directory above can go (rule 9). Null for none.
    /// </summary>
    public IReadOnlySet<UnixPath>? MountPoints { get; init; }
}
