using System.Text;
using System.Text.RegularExpressions;

namespace Dom.Core.Trees.Filters;

/// <summary>One alternative of an expression, anchored at the start of the path.</summary>
internal sealed class PatternBranch
{
    private const int ReplacementRune = 0xFFFD;

    private readonly byte[] _prefix;
    private readonly byte[] _text = [];
    private readonly bool _acrossLines;
    private readonly bool _looksAhead;
    private readonly Regex? _regex;

    /// <summary>Recognises the shape of a branch, or prepares its regular expression.</summary>
    /// <param name="node">The parsed branch.</param>
    /// <param name="recognize">False to use a regular expression always; tests compare both ways.</param>
    public PatternBranch(Re2Node node, bool recognize)
    {
        var parts = Flatten(node);
        var ended = DropTrailingAnything(parts);
        _prefix = TakeLiteral(parts, 0, out var at);
        Shape = (parts.Count - at, ended) switch
        {
            (0, false) => PatternShape.Prefix,
            (1, true) => PatternShape.Exact,
            (2, true) when _prefix.Length > 0 && IsNothingOrBelow(parts[at]) => PatternShape.Tree,
            ( > 1, false) when parts[at].IsDotStar => PatternShape.Contains,
            _ => PatternShape.Regex,
        };
        if (Shape == PatternShape.Contains)
        {
            _acrossLines = parts[at].Parts[0].Set!.Ranges.Count == 1;
            _text = TakeLiteral(parts, at + 1, out var end);
            Shape = end == parts.Count ? Shape : PatternShape.Regex;
        }

        if (Shape == PatternShape.Regex || !recognize)
        {
            Shape = PatternShape.Regex;
            _looksAhead = parts.Exists(p => p.LooksAhead);
            _regex = new Regex(RegexWriter.Write(Re2Node.Concat(parts)), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
    }

    /// <summary>How it is matched.</summary>
    public PatternShape Shape { get; }

    /// <summary>Whether a path matches; <paramref name="text"/> makes its characters when a regular expression needs them.</summary>
    public bool Matches(ReadOnlySpan<byte> path, ref PathText text) => path.StartsWith(_prefix) && Shape switch
    {
        PatternShape.Prefix => true,
        PatternShape.Exact => path.Length == _prefix.Length,
        PatternShape.Tree => path.Length == _prefix.Length || path[_prefix.Length] == '/',
        PatternShape.Contains => HasText(path[_prefix.Length..]),
        _ => _regex!.IsMatch(text.Of(path)),
    };

    /// <summary>False only when no path that begins with <paramref name="below"/>, a directory with its slash, can match.</summary>
    public bool MayMatchBelow(ReadOnlySpan<byte> below) =>
        _prefix.AsSpan().StartsWith(below) || Shape switch
        {
            PatternShape.Exact => false,
            PatternShape.Tree => Matches(below),
            _ => below.StartsWith(_prefix),
        };

    /// <summary>True only when every path that begins with <paramref name="below"/>, a directory with its slash, matches.</summary>
    public bool MatchesAllBelow(ReadOnlySpan<byte> below, ref PathText text) =>
        Shape != PatternShape.Exact && !_looksAhead && Matches(below, ref text);

    private bool Matches(ReadOnlySpan<byte> below)
    {
        var unused = default(PathText);
        return Matches(below, ref unused);
    }

    private bool HasText(ReadOnlySpan<byte> rest)
    {
        var at = rest.IndexOf(_text);
        return at >= 0 && (_acrossLines || !rest[..at].Contains((byte)'\n'));
    }

    private static List<Re2Node> Flatten(Re2Node node)
    {
        var parts = new List<Re2Node>();
        Add(node);
        while (parts.Count > 0 && parts[0].Kind is Re2Kind.BeginText or Re2Kind.BeginLine)
        {
            parts.RemoveAt(0);
        }

        return parts;

        void Add(Re2Node part)
        {
            if (part.Kind == Re2Kind.Concat)
            {
                foreach (var inner in part.Parts)
                {
                    Add(inner);
                }
            }
            else if (part.Kind != Re2Kind.Empty)
            {
                parts.Add(part);
            }
        }
    }

    /// <summary>Removes <c>.*</c> at the end, which adds nothing, and <c>.*$</c>; true when an end mark stays.</summary>
    /// <remarks>So "anything up to the end" covers names with a line feed too, which RE2's dot would leave unprotected.</remarks>
    private static bool DropTrailingAnything(List<Re2Node> parts)
    {
        var ended = parts.Count > 0 && parts[^1].Kind == Re2Kind.EndText;
        if (ended && parts.Count > 1 && parts[^2].IsDotStar)
        {
            parts.RemoveAt(parts.Count - 1);
            ended = false;
        }

        while (!ended && parts.Count > 0 && parts[^1].IsDotStar)
        {
            parts.RemoveAt(parts.Count - 1);
        }

        return ended;
    }

    /// <summary>The UTF-8 of the literals from a place on, and the place behind them.</summary>
    private static byte[] TakeLiteral(List<Re2Node> parts, int from, out int end)
    {
        var text = new StringBuilder();

        // U+FFFD also stands for any invalid byte, and half a surrogate pair never occurs: neither is a literal.
        for (end = from; end < parts.Count && parts[end].Literal is var rune && rune != ReplacementRune && Rune.IsValid(rune); end++)
        {
            text.Append(new Rune(rune).ToString());
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>True for <c>(|/.*)</c> in its spellings.</summary>
    private static bool IsNothingOrBelow(Re2Node node) => node switch
    {
        { Kind: Re2Kind.Alternate, Parts: [{ Kind: Re2Kind.Empty }, var below] } => IsBelow(below),
        { Kind: Re2Kind.Alternate, Parts: [var below, { Kind: Re2Kind.Empty }] } => IsBelow(below),
        { Kind: Re2Kind.Repeat, Min: 0, Max: 1, Parts: [var below] } => IsBelow(below),
        _ => false,
    };

    private static bool IsBelow(Re2Node node) => node is { Kind: Re2Kind.Concat, Parts: [{ Literal: '/' }, { IsDotStar: true }] };
}
