using Dom.Core.Linux;

namespace Dom.Core.Trees.Filters;

/// <summary>Whether a filter leaves a path alone, and why.</summary>
/// <param name="Path">The path.</param>
/// <param name="IsFiltered">True when it is neither made, changed nor removed.</param>
/// <param name="At">The path that decides: this one, or a directory above it.</param>
/// <param name="Line">Number of the line that matches <paramref name="At"/>; null when none does.</param>
public readonly record struct FilterVerdict(UnixPath Path, bool IsFiltered, UnixPath At, int? Line)
{
    /// <summary>Asks a filter about an absolute path. A filtered directory covers everything below it.</summary>
    public static FilterVerdict Of(PathFilter filter, UnixPath path)
    {
        var trimmed = path.Bytes[..Math.Max(1, path.Span.TrimEnd((byte)'/').Length)];
        for (var end = 1; end < trimmed.Length;)
        {
            var slash = trimmed.Span[end..].IndexOf((byte)'/');
            end = slash < 0 ? trimmed.Length : end + slash;
            var at = new UnixPath(trimmed[..end]);
            if (filter.Matches(at.Span))
            {
                return new FilterVerdict(path, true, at, filter.MatchingLine(at.Span));
            }

            end++;
        }

        return new FilterVerdict(path, false, path, filter.MatchingLine(trimmed.Span));
    }
}
