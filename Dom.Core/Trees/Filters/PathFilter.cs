using System.Runtime.CompilerServices;
using System.Text;

namespace Dom.Core.Trees.Filters;

/// <summary>The paths an image leaves alone, in Dominator's text form: one expression a line, see <see cref="PathPattern"/>.</summary>
/// <remarks>
/// Empty lines and lines that begin with <c>#</c> are ignored, nothing is trimmed. A line <c>!</c> inverts the whole filter: then only paths that
/// match a line are managed. A filtered directory covers everything below it: callers go from the top down and do not descend into one. The root
/// directory is never asked about. No filter at all (null) is another thing, a sparse image. Immutable, for many threads.
/// </remarks>
public sealed class PathFilter
{
    /// <summary>Most weight of the counted repetitions of all lines, five times that of the heaviest line there may be.</summary>
    private const int MaxRepeatWeight = 1_000;

    private readonly (int Number, PathPattern Pattern)[] _patterns;

    private PathFilter(IReadOnlyList<string> lines, bool inverted, (int Number, PathPattern Pattern)[] patterns) =>
        (Lines, IsInverted, _patterns) = (lines, inverted, patterns);

    /// <summary>The filter that matches nothing: everything is managed.</summary>
    public static PathFilter Empty { get; } = new([], false, []);

    /// <summary>The lines as given, comments included.</summary>
    public IReadOnlyList<string> Lines { get; }

    /// <summary>True when a line <c>!</c> inverts the filter.</summary>
    public bool IsInverted { get; }

    /// <summary>Numbers (from 1) and texts of the lines that can match no absolute path, which nobody writes on purpose.</summary>
    public IEnumerable<(int Number, string Line)> UselessLines => _patterns.Where(static p => p.Pattern.MatchesNothing).Select(static p => (p.Number, p.Pattern.Text));

    /// <summary>True when no path matches.</summary>
    public bool IsEmpty => _patterns.Length == 0 && !IsInverted;

    /// <summary>Reads a filter file. Lines end with a line feed, with or without a carriage return before it.</summary>
    public static PathFilter Parse(string text)
    {
        var lines = text.Split('\n').Select(line => line.EndsWith('\r') ? line[..^1] : line).ToList();
        if (lines[^1].Length == 0)
        {
            lines.RemoveAt(lines.Count - 1);
        }

        return FromLines(lines);
    }

    /// <summary>Reads a filter file of bytes, which must be UTF-8; throws <see cref="PathFilterException"/>.</summary>
    public static PathFilter Parse(ReadOnlySpan<byte> text)
    {
        try
        {
            return Parse(new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(text));
        }
        catch (DecoderFallbackException)
        {
            var number = 1;
            foreach (var range in text.Split((byte)'\n'))
            {
                if (!System.Text.Unicode.Utf8.IsValid(text[range]))
                {
                    break;
                }

                number++;
            }

            throw new PathFilterException([$"line {number}: not valid UTF-8"]);
        }
    }

    /// <summary>Makes a filter of lines; throws <see cref="PathFilterException"/> that names every bad one.</summary>
    public static PathFilter FromLines(IEnumerable<string> lines)
    {
        var all = lines.ToList();
        var patterns = new List<(int, PathPattern)>();
        var faults = new List<string>();
        var inverted = false;
        var weight = 0L;
        for (var i = 0; i < all.Count; i++)
        {
            var line = all[i];
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line == "!")
            {
                inverted = true;
                continue;
            }

            try
            {
                var pattern = PathPattern.Parse(line);
                patterns.Add((i + 1, pattern));
                if (pattern.RepeatWeight > 0 && (weight += pattern.RepeatWeight) > MaxRepeatWeight)
                {
                    throw new FormatException("the filter's lines up to this one have too many counted repetitions together; use '*' or '+' or smaller counts");
                }
            }
            catch (FormatException e)
            {
                faults.Add($"line {i + 1}: {e.Message}");
            }
        }

        return faults.Count == 0 ? new PathFilter(all, inverted, [.. patterns]) : throw new PathFilterException(faults);
    }

    /// <summary>Whether an absolute path is filtered: neither made, changed nor removed.</summary>
    public bool Matches(ReadOnlySpan<byte> path) => _patterns.Length == 0 ? IsInverted : Find(path) is null == IsInverted;

    /// <summary>The number (from 1) of the first line that matches a path, null when none does. Takes no account of inversion.</summary>
    public int? MatchingLine(ReadOnlySpan<byte> path) => Find(path);

    /// <summary>False only when nothing below a directory can be filtered, whatever its name. <paramref name="directory"/> is an absolute path, "/" for the root.</summary>
    public bool MayMatchBelow(ReadOnlySpan<byte> directory) =>
        _patterns.Length == 0 ? IsInverted : IsInverted ? !AllBelow(directory) : AnyBelow(directory);

    /// <summary>True only when everything below a directory is filtered, whatever its name.</summary>
    public bool MatchesAllBelow(ReadOnlySpan<byte> directory) =>
        _patterns.Length == 0 ? IsInverted : IsInverted ? !AnyBelow(directory) : AllBelow(directory);

    [SkipLocalsInit]
    private int? Find(ReadOnlySpan<byte> path)
    {
        var text = new PathText(stackalloc char[PathText.ScratchLength]);
        try
        {
            foreach (var (number, pattern) in _patterns)
            {
                if (pattern.Matches(path, ref text))
                {
                    return number;
                }
            }

            return null;
        }
        finally
        {
            text.Dispose();
        }
    }

    [SkipLocalsInit]
    private bool AnyBelow(ReadOnlySpan<byte> directory)
    {
        var buffer = new PathBuffer(stackalloc byte[PathBuffer.ScratchLength]);
        try
        {
            var below = buffer.WithSlash(directory);
            foreach (var (_, pattern) in _patterns)
            {
                if (pattern.MayMatchBelow(below))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            buffer.Dispose();
        }
    }

    [SkipLocalsInit]
    private bool AllBelow(ReadOnlySpan<byte> directory)
    {
        var buffer = new PathBuffer(stackalloc byte[PathBuffer.ScratchLength]);
        var text = new PathText(stackalloc char[PathText.ScratchLength]);
        try
        {
            var below = buffer.WithSlash(directory);
            foreach (var (_, pattern) in _patterns)
            {
                if (pattern.MatchesAllBelow(below, ref text))
                {
                    return true;
                }
            }

            return false;
        }
        finally
        {
            text.Dispose();
            buffer.Dispose();
        }
    }
}
