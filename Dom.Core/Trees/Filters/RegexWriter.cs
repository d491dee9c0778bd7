using System.Globalization;
using System.Text;

namespace Dom.Core.Trees.Filters;

/// <summary>Writes a parsed expression as a .NET pattern over the text that <see cref="PathText"/> makes of a path.</summary>
/// <remarks>Nothing of the original syntax is passed on, so .NET's own meaning of classes, <c>$</c> or dot never shows.</remarks>
internal static class RegexWriter
{
    /// <summary>The pattern, anchored at the start of the text.</summary>
    public static string Write(Re2Node node)
    {
        var pattern = new StringBuilder(@"\A");
        Write(pattern, node);
        return pattern.ToString();
    }

    private static void Write(StringBuilder pattern, Re2Node node)
    {
        switch (node.Kind)
        {
            case Re2Kind.Empty:
                pattern.Append("(?:)");
                break;
            case Re2Kind.Runes:
                WriteSet(pattern, node.Set!);
                break;
            case Re2Kind.BeginText:
                pattern.Append(@"\A");
                break;
            case Re2Kind.EndText:
                pattern.Append(@"\z");
                break;
            case Re2Kind.BeginLine:
                pattern.Append("(?m:^)");
                break;
            case Re2Kind.EndLine:
                pattern.Append("(?m:$)");
                break;
            case Re2Kind.WordBoundary:
                pattern.Append(@"\b");
                break;
            case Re2Kind.NotWordBoundary:
                pattern.Append(@"\B");
                break;
            case Re2Kind.Repeat:
                pattern.Append("(?:");
                Write(pattern, node.Parts[0]);
                pattern.Append(CultureInfo.InvariantCulture, $"){{{node.Min},");
                pattern.Append(node.Max < 0 ? "}" : string.Create(CultureInfo.InvariantCulture, $"{node.Max}}}"));
                break;
            default:
                pattern.Append("(?:");
                for (var i = 0; i < node.Parts.Count; i++)
                {
                    pattern.Append(node.Kind == Re2Kind.Alternate && i > 0 ? "|" : "");
                    Write(pattern, node.Parts[i]);
                }

                pattern.Append(')');
                break;
        }
    }

    private static void WriteSet(StringBuilder pattern, RuneSet set)
    {
        var alternatives = new List<string>();
        var ascii = new StringBuilder();
        foreach (var (low, high) in set.Ranges)
        {
            if (low < 0x80)
            {
                AppendRange(ascii, low, Math.Min(high, 0x7F));
            }

            if (high >= 0x80)
            {
                AddPairs(alternatives, Math.Max(low, 0x80), high);
            }
        }

        if (ascii.Length > 0)
        {
            alternatives.Insert(0, $"[{ascii}]");
        }

        // An empty set accepts nothing, and so does the complement of all characters.
        pattern.Append("(?:").AppendJoin('|', alternatives.Count == 0 ? [@"[^\u0000-\uFFFF]"] : alternatives).Append(')');
    }

    /// <summary>A range beyond ASCII as pairs: what is left of the first upper character, whole ones, what is left of the last.</summary>
    private static void AddPairs(List<string> alternatives, int low, int high)
    {
        while (low <= high)
        {
            var (upper, lower) = PathText.Pair(low);
            var (lastUpper, lastLower) = PathText.Pair(high);
            if (upper == lastUpper)
            {
                alternatives.Add(Range(upper, upper) + Range(lower, lastLower));
                return;
            }

            if (lower == PathText.FirstLower && lastUpper > upper)
            {
                var whole = lastLower == PathText.LastLower ? lastUpper : lastUpper - 1;
                alternatives.Add(Range(upper, whole) + Range(PathText.FirstLower, PathText.LastLower));
                low = PathText.RuneOf(whole, PathText.LastLower) + 1;
                continue;
            }

            alternatives.Add(Range(upper, upper) + Range(lower, PathText.LastLower));
            low = PathText.RuneOf(upper, PathText.LastLower) + 1;
        }
    }

    private static string Range(int low, int high)
    {
        var range = new StringBuilder("[");
        AppendRange(range, low, high);
        return range.Append(']').ToString();
    }

    private static void AppendRange(StringBuilder pattern, int low, int high) =>
        pattern.Append(CultureInfo.InvariantCulture, $@"\u{low:X4}-\u{high:X4}");
}
