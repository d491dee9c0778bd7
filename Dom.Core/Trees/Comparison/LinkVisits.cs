using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>Paths the walk must visit even below equal digests: the names of hard-link groups that differ (rule 3).</summary>
internal sealed class LinkVisits
{
    private readonly UnixPath[] _paths;

    /// <summary>The names of every group that only one of the tables has.</summary>
    public LinkVisits(LinkTable image, LinkTable machine)
    {
        var paths = new HashSet<UnixPath>();
        Add(image, machine, paths);
        Add(machine, image, paths);
        _paths = [.. paths];
        Array.Sort(_paths);
    }

    private LinkVisits() => _paths = [];

    /// <summary>No paths: both sides link alike.</summary>
    public static LinkVisits None { get; } = new();

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => _paths.Length == 0;

    /// <summary>Whether a path below this directory must be visited.</summary>
    public bool HasBelow(ReadOnlySpan<byte> directory)
    {
        if (_paths.Length == 0 || directory.Length == 1)
        {
            return _paths.Length > 0;
        }

        // The first path not before "directory/".
        var (low, high) = (0, _paths.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = IsBefore(_paths[middle].Span, directory) ? (middle + 1, high) : (low, middle);
        }

        return low < _paths.Length && _paths[low].Length > directory.Length + 1
            && _paths[low].Span.StartsWith(directory) && _paths[low].Span[directory.Length] == '/';
    }

    private static bool IsBefore(ReadOnlySpan<byte> path, ReadOnlySpan<byte> directory)
    {
        var order = path[..Math.Min(path.Length, directory.Length)].SequenceCompareTo(directory);
        return order != 0 ? order < 0 : path.Length <= directory.Length || path[directory.Length] < '/';
    }

    private static void Add(LinkTable groups, LinkTable others, HashSet<UnixPath> paths)
    {
        foreach (var group in groups.Groups)
        {
            if (others.Find(group.Paths[0]) is not { } other || !group.Paths.SequenceEqual(other.Paths))
            {
                paths.UnionWith(group.Paths);
            }
        }
    }
}
