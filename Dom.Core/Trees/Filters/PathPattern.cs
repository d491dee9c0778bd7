using System.Runtime.CompilerServices;

namespace Dom.Core.Trees.Filters;

/// <summary>One line of a filter or trigger: an RE2 expression over the bytes of an absolute path, anchored at its start but not at its end.</summary>
/// <remarks>The anchor covers every branch of <c>a|b</c>. Immutable, for many threads.</remarks>
public sealed class PathPattern
{
    private const int MaxShown = 200;

    private readonly PatternBranch[] _branches;

    private PathPattern(string text, PatternBranch[] branches, bool matchesNothing, long repeatWeight) =>
        (Text, _branches, MatchesNothing, RepeatWeight) = (text, branches, matchesNothing, repeatWeight);

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    /// <summary>True when no absolute path can match, as with <c>var/.*</c>: it does not begin with a slash.</summary>
    public bool MatchesNothing { get; }

    /// <summary>What its counted repetitions can cost, see <see cref="Re2Node.RepeatWeight"/>.</summary>
    internal long RepeatWeight { get; }

    /// <summary>False for the common shapes (a path, a prefix, a whole tree, a text anywhere), which need no regular expression.</summary>
    internal bool UsesRegex => Array.Exists(_branches, b => b.Shape == PatternShape.Regex);

    /// <summary>Parses an expression or throws <see cref="FormatException"/> saying what of it is not RE2 or cannot be translated.</summary>
    public static PathPattern Parse(string text) => Parse(text, recognize: true);

    /// <summary>As <see cref="Parse(string)"/>, without the shortcuts when <paramref name="recognize"/> is false.</summary>
    internal static PathPattern Parse(string text, bool recognize)
    {
        try
        {
            var node = Re2Parser.Parse(text);
            IReadOnlyList<Re2Node> branches = node.Kind == Re2Kind.Alternate ? node.Parts : [node];
            return new PathPattern(
                text, [.. branches.Select(b => new PatternBranch(b, recognize))], node.MayBegin('/') == (false, false), node.RepeatWeight());
        }
        catch (Re2SyntaxException e)
        {
            throw new FormatException($"'{Shown(text)}': {e.Message}", e);
        }
        catch (NotSupportedException e)
        {
            // .NET bounds the automaton it builds; RE2 bounds its own elsewhere.
            throw new FormatException($"'{Shown(text)}': the expression is too large: repeat counts below 1,000 can multiply; write it shorter", e);
        }
    }

    private static string Shown(string text) => text.Length <= MaxShown ? text : $"{text.AsSpan(0, MaxShown)}… ({text.Length} characters)";

    /// <summary>Whether an absolute path matches.</summary>
    [SkipLocalsInit]
    public bool Matches(ReadOnlySpan<byte> path)
    {
        var text = new PathText(stackalloc char[PathText.ScratchLength]);
        try
        {
            return Matches(path, ref text);
        }
        finally
        {
            text.Dispose();
        }
    }

    internal bool Matches(ReadOnlySpan<byte> path, ref PathText text)
    {
        foreach (var branch in _branches)
        {
            if (branch.Matches(path, ref text))
            {
                return true;
            }
        }

        return false;
    }

    internal bool MayMatchBelow(ReadOnlySpan<byte> below)
    {
        foreach (var branch in _branches)
        {
            if (branch.MayMatchBelow(below))
            {
                return true;
            }
        }

        return false;
    }

    internal bool MatchesAllBelow(ReadOnlySpan<byte> below, ref PathText text)
    {
        foreach (var branch in _branches)
        {
            if (branch.MatchesAllBelow(below, ref text))
            {
                return true;
            }
        }

        return false;
    }
}
