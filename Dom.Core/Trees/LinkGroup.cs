using Dom.Core.Linux;

namespace Dom.Core.Trees;

/// <summary>The names of one file: at least two absolute paths, sorted.</summary>
public sealed class LinkGroup
{
    /// <summary>A group of paths in any order.</summary>
    public LinkGroup(IEnumerable<UnixPath> paths)
    {
        UnixPath[] sorted = [.. paths];
        Array.Sort(sorted);
        Paths = sorted.Length > 1 ? sorted : throw new ArgumentException("a group of hard links has at least two paths", nameof(paths));
    }

    /// <summary>The paths, sorted; the first leads the group.</summary>
    public IReadOnlyList<UnixPath> Paths { get; }
}
