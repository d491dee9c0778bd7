using Dom.Core.Trees.Filters;

namespace Dom.Core.Trees.Scanning;

/// <summary>What a scan looks at: everything but the scan exclusions and what the filters of all images to compare with leave alone.</summary>
/// <remarks>A path that some image does not filter is scanned. With no image to compare with, only the exclusions bound the scan.</remarks>
public sealed class ScanScope
{
    private const int MaxFilters = 31;
    private readonly PathFilter[] _filters;
    private readonly uint _all;

    /// <summary>A scope of exclusions and the filters of the images a machine is compared with (required, planned).</summary>
    public ScanScope(PathFilter? exclusions = null, IEnumerable<PathFilter>? imageFilters = null)
    {
        Exclusions = exclusions is { IsEmpty: false } ? exclusions : null;
        _filters = imageFilters?.ToArray() ?? [];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_filters.Length, MaxFilters, nameof(imageFilters));
        _all = (1u << _filters.Length) - 1;
    }

    /// <summary>Everything.</summary>
    public static ScanScope Everything { get; } = new();

    /// <summary>Paths that are never looked at, whatever an image says.</summary>
    public PathFilter? Exclusions { get; }

    /// <summary>True when nothing is out of reach.</summary>
    internal bool IsEverything => Exclusions is null && _all == 0;

    /// <summary>Whether no comparison can reach a path.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="covered">One bit for each image filter that matched a directory above; on return, this path included.</param>
    public bool IsOutOfReach(ReadOnlySpan<byte> path, ref uint covered)
    {
        if (IsEverything)
        {
            return false;
        }

        if (Exclusions is not null && Exclusions.Matches(path))
        {
            return true;
        }

        for (var i = 0; i < _filters.Length; i++)
        {
            var bit = 1u << i;
            if ((covered & bit) == 0 && _filters[i].Matches(path))
            {
                covered |= bit;
            }
        }

        return _all != 0 && covered == _all;
    }
}
