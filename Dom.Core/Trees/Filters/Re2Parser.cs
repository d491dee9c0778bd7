using System.Text;

namespace Dom.Core.Trees.Filters;

/// <summary>Reads RE2 syntax as Go's <c>regexp</c> package does (Perl flags): same language accepted, same meaning.</summary>
/// <remarks>Not accepted: Unicode classes (<c>\pL</c>) and case folding of letters beyond ASCII.</remarks>
internal sealed partial class Re2Parser
{
    private const int MaxDepth = 250;
    private const int MaxRepeat = 1000;
    private const int MaxExpandedSize = 20_000;

    /// <summary>
    /// Beyond this a path of 4,000 bytes could take more than about a second: .NET's automaton has a place for each repetition that may be under way, and
    /// nested ones multiply. <c>a{1000}</c>, <c>([a-z]{1,8}.?){1,8}</c> and <c>[a-z]{1,63}</c> are within it.
    /// </summary>
    private const int MaxRepeatWeight = 200;

    private readonly int[] _runes;
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _at;
    private int _depth;
    private bool _fold;
    private bool _multiLine;
    private bool _dotAll;

    private Re2Parser(int[] runes) => _runes = runes;

    private bool AtEnd => _at >= _runes.Length;

    /// <summary>Parses an expression or throws <see cref="Re2SyntaxException"/>.</summary>
    public static Re2Node Parse(string expression)
    {
        var runes = new List<int>(expression.Length);
        for (var i = 0; i < expression.Length; i++)
        {
            if (!Rune.TryGetRuneAt(expression, i, out var rune))
            {
                throw new Re2SyntaxException("invalid UTF-8");
            }

            runes.Add(rune.Value);
            i += rune.Utf16SequenceLength - 1;
        }

        var parser = new Re2Parser([.. runes]);
        var node = parser.ParseAlternation();
        if (!parser.AtEnd)
        {
            throw new Re2SyntaxException("unexpected ')'");
        }

        if (node.ExpandedSize() > MaxExpandedSize)
        {
            throw new Re2SyntaxException("the expression is too large");
        }

        return node.RepeatWeight() <= MaxRepeatWeight
            ? node
            : throw new Re2SyntaxException(
                "the expression is too large: its repeat counts, multiplied with what they repeat, would make matching slow; use '*' or '+' or smaller counts");
    }

    private Re2Node ParseAlternation()
    {
        var branches = new List<Re2Node> { ParseSequence() };
        while (TryTake('|'))
        {
            branches.Add(ParseSequence());
        }

        return Re2Node.Alternate(branches);
    }

    private Re2Node ParseSequence()
    {
        var parts = new List<Re2Node>();
        var afterRepeat = false;
        while (!AtEnd && Peek() is not ('|' or ')'))
        {
            var start = _at;
            if (TryParseRepeat(out var min, out var max))
            {
                if (afterRepeat)
                {
                    throw new Re2SyntaxException($"invalid nested repetition operator '{Text(start, _at)}'");
                }

                if (parts.Count == 0)
                {
                    throw new Re2SyntaxException($"missing argument to repetition operator '{Text(start, _at)}'");
                }

                parts[^1] = Re2Node.Repeat(parts[^1], min, max);
                if (!parts[^1].RepeatsAtMost(MaxRepeat))
                {
                    throw new Re2SyntaxException($"repetition count '{Text(start, _at)}' is over {MaxRepeat}, alone or times those around it");
                }

                afterRepeat = true;
                continue;
            }

            ParseAtom(parts);
            afterRepeat = false;
        }

        return Re2Node.Concat(parts);
    }

    private void ParseAtom(List<Re2Node> parts)
    {
        var c = Take();
        switch (c)
        {
            case '(':
                ParseGroup(parts);
                break;
            case '[':
                parts.Add(Re2Node.Runes(ParseClass()));
                break;
            case '.':
                parts.Add(Re2Node.Runes(_dotAll ? RuneSet.Any : RuneSet.NotLineFeed));
                break;
            case '^':
                parts.Add(new Re2Node { Kind = _multiLine ? Re2Kind.BeginLine : Re2Kind.BeginText });
                break;
            case '$':
                parts.Add(new Re2Node { Kind = _multiLine ? Re2Kind.EndLine : Re2Kind.EndText });
                break;
            case '\\':
                ParseEscaped(parts);
                break;
            default:
                parts.Add(Literal(c));
                break;
        }
    }

    private void ParseGroup(List<Re2Node> parts)
    {
        var (fold, multiLine, dotAll) = (_fold, _multiLine, _dotAll);
        if (TryTake('?') && !TryParseName() && !ParseFlags())
        {
            return;
        }

        if (++_depth > MaxDepth)
        {
            throw new Re2SyntaxException($"groups are nested more than {MaxDepth} deep");
        }

        parts.Add(ParseAlternation());
        if (!TryTake(')'))
        {
            throw new Re2SyntaxException("missing closing ')'");
        }

        _depth--;
        (_fold, _multiLine, _dotAll) = (fold, multiLine, dotAll);
    }

    private bool TryParseName()
    {
        var start = _at;
        _ = TryTake('P');
        if (!TryTake('<'))
        {
            _at = start;
            return false;
        }

        var from = _at;
        while (!AtEnd && Peek() != '>')
        {
            _at++;
        }

        var name = Text(from, _at);
        if (!TryTake('>') || name.Length == 0 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') || !_names.Add(name))
        {
            throw new Re2SyntaxException($"invalid or repeated group name '{name}'");
        }

        return true;
    }

    /// <summary>Reads flags after <c>(?</c>: true when a group begins behind them, false when they stand alone.</summary>
    private bool ParseFlags()
    {
        var start = _at;
        var (on, seen) = (true, false);
        while (!AtEnd)
        {
            var c = Take();
            switch (c)
            {
                case 'i':
                    (_fold, seen) = (on, true);
                    break;
                case 'm':
                    (_multiLine, seen) = (on, true);
                    break;
                case 's':
                    (_dotAll, seen) = (on, true);
                    break;
                case 'U':
                    seen = true;
                    break;
                case '-' when on:
                    (on, seen) = (false, false);
                    break;
                case ':' or ')' when on || seen:
                    return c == ':';
                default:
                    throw new Re2SyntaxException($"invalid or unsupported group '(?{Text(start, _at)}'");
            }
        }

        throw new Re2SyntaxException("missing closing ')'");
    }

    private bool TryParseRepeat(out int min, out int max)
    {
        (min, max) = (0, -1);
        var start = _at;
        switch (Peek())
        {
            case '*':
                _at++;
                break;
            case '+':
                (min, _at) = (1, _at + 1);
                break;
            case '?':
                (max, _at) = (1, _at + 1);
                break;
            case '{':
                _at++;
                if (!TryParseCounts(out min, out max))
                {
                    _at = start;
                    return false;
                }

                if (min > MaxRepeat || max > MaxRepeat || (max >= 0 && min > max))
                {
                    throw new Re2SyntaxException($"invalid repeat count '{Text(start, _at)}'");
                }

                break;
            default:
                return false;
        }

        _ = TryTake('?');
        return true;
    }

    private bool TryParseCounts(out int min, out int max)
    {
        max = -1;
        if (!TryParseCount(out min))
        {
            return false;
        }

        if (TryTake('}'))
        {
            max = min;
            return true;
        }

        return TryTake(',') && (TryTake('}') || (TryParseCount(out max) && TryTake('}')));
    }

    private bool TryParseCount(out int count)
    {
        count = 0;
        var start = _at;
        while (!AtEnd && Peek() is >= '0' and <= '9')
        {
            count = Math.Min((count * 10) + Take() - '0', MaxRepeat + 1);
        }

        return _at > start && (_at == start + 1 || _runes[start] != '0');
    }

    private Re2Node Literal(int rune) => Re2Node.Runes(Cases(RuneSet.Of(rune)));

    private RuneSet Cases(RuneSet set) => !_fold ? set
        : set.Fold() ?? throw new Re2SyntaxException("case-insensitive matching is supported for ASCII letters only");

    private int Peek() => _runes[_at];

    private int Take() => _runes[_at++];

    private bool TryTake(int rune)
    {
        if (AtEnd || Peek() != rune)
        {
            return false;
        }

        _at++;
        return true;
    }

    private string Text(int from, int to) => string.Concat(_runes[from..to].Select(r => new Rune(r).ToString()));
}
