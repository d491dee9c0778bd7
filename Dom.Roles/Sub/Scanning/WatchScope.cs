using Dom.Core.Objects;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <summary>What is looked at, and for which images that suffices.</summary>
/// <param name="Scan">The scope for the scanner.</param>
/// <param name="Manifests">The images whose filters bound it; none when only the exclusions do, which suffices for every image.</param>
internal sealed record WatchScope(ScanScope Scan, IReadOnlySet<ObjectId> Manifests)
{
    /// <summary>The filters of those images.</summary>
    public IReadOnlyCollection<PathFilter> Filters { get; private init; } = [];

    /// <summary>True when everything a comparison with an image can reach was looked at: one of these images, or one that leaves alone what one of them does, or more.</summary>
    public bool Suffices(ObjectId manifest, PathFilter filter) =>
        Manifests.Count == 0 || Manifests.Contains(manifest) || Filters.Any(f => f.IsEmpty || (f.IsInverted == filter.IsInverted && f.Lines.SequenceEqual(filter.Lines)));

    /// <summary>The scope of some images and their filters.</summary>
    public static WatchScope Of(PathFilter exclusions, IReadOnlyDictionary<ObjectId, PathFilter> images) =>
        new(new ScanScope(exclusions, images.Values), images.Keys.ToHashSet()) { Filters = [.. images.Values] };
}
