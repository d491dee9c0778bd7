using Dom.Core.Trees.Filters;

namespace Dom.Core.Trees.Comparison;

/// <summary>
/// Which paths a comparison leaves alone: those of the image's filter and of the sub's exclusions, the sub's private directory, and everything below them.
/// </summary>
internal sealed class ComparisonScope(PathFilter filter, PathFilter exclusions)
{
    /// <summary>What must be asked about the entries of a directory; most directories need no question at all.</summary>
    public (bool Filter, bool Exclusions) Below(ReadOnlySpan<byte> directory) =>
        (filter.MayMatchBelow(directory), exclusions.MayMatchBelow(directory));

    /// <summary>Whether a path is left alone, its ancestors being in scope.</summary>
    public bool Excludes(ReadOnlySpan<byte> path, (bool Filter, bool Exclusions) asked) =>
        path.SequenceEqual("/.subd"u8) || (asked.Filter && filter.Matches(path)) || (asked.Exclusions && exclusions.Matches(path));

    /// <summary>Whether a path or one of its ancestors is left alone.</summary>
    public bool ExcludesAnyOf(ReadOnlySpan<byte> path)
    {
        for (var end = 1; end < path.Length;)
        {
            var slash = path[end..].IndexOf((byte)'/');
            end = slash < 0 ? path.Length : end + slash;
            if (Excludes(path[..end], (true, true)))
            {
                return true;
            }

            end++;
        }

        return false;
    }
}
