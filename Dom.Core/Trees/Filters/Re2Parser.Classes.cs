using System.Text;

namespace Dom.Core.Trees.Filters;

/// <summary>Escapes and classes.</summary>
internal sealed partial class Re2Parser
{
    private void ParseEscaped(List<Re2Node> parts)
    {
        if (AtEnd)
        {
            throw new Re2SyntaxException("trailing backslash");
        }

        switch (Peek())
        {
            case 'A':
                parts.Add(new Re2Node { Kind = Re2Kind.BeginText });
                break;
            case 'z':
                parts.Add(new Re2Node { Kind = Re2Kind.EndText });
                break;
            case 'b':
                parts.Add(new Re2Node { Kind = Re2Kind.WordBoundary });
                break;
            case 'B':
                parts.Add(new Re2Node { Kind = Re2Kind.NotWordBoundary });
                break;
            case 'Q':
                _at++;
                ParseQuoted(parts);
                return;
            default:
                parts.Add(TryParsePerlClass(out var set) ? Re2Node.Runes(set) : Literal(ParseEscapedRune()));
                return;
        }

        _at++;
    }

    private void ParseQuoted(List<Re2Node> parts)
    {
        while (!AtEnd)
        {
            if (Peek() == '\\' && _at + 1 < _runes.Length && _runes[_at + 1] == 'E')
            {
                _at += 2;
                return;
            }

            parts.Add(Literal(Take()));
        }
    }

    /// <summary>Reads the letter behind a backslash as one of <c>\d \D \s \S \w \W</c>.</summary>
    private bool TryParsePerlClass(out RuneSet set)
    {
        var letter = Peek();
        var name = (letter | 0x20) switch { 'd' => "digit", 's' => "perl space", 'w' => "word", _ => null };
        if (name is null || letter > 'z')
        {
            set = RuneSet.Any;
            return false;
        }

        _at++;
        set = Cases(Named(name)!);
        set = letter < 'a' ? set.Negate() : set;
        return true;
    }

    private int ParseEscapedRune()
    {
        if (AtEnd)
        {
            throw new Re2SyntaxException("trailing backslash");
        }

        var c = Take();
        switch (c)
        {
            case 'a':
                return 7;
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return '\v';
            case 'x':
                return ParseHex();
            case 'p' or 'P':
                throw new Re2SyntaxException($"Unicode classes such as '\\{(char)c}L' are not supported; name the characters");
            case >= '0' and <= '7' when c == '0' || (!AtEnd && Peek() is >= '0' and <= '7'):
                var value = c - '0';
                for (var digits = 1; digits < 3 && !AtEnd && Peek() is >= '0' and <= '7'; digits++)
                {
                    value = (value * 8) + Take() - '0';
                }

                return value;
            case < 0x80 when !char.IsAsciiLetterOrDigit((char)c):
                return c;
            default:
                throw new Re2SyntaxException($"invalid escape sequence '\\{new Rune(c)}'");
        }
    }

    private int ParseHex()
    {
        var start = _at;
        var braces = TryTake('{');
        long value = 0;
        var digits = 0;
        while (!AtEnd && Peek() < 0x80 && char.IsAsciiHexDigit((char)Peek()) && (braces || digits < 2) && value <= RuneSet.Last)
        {
            value = (value * 16) + Convert.ToInt32(((char)Take()).ToString(), 16);
            digits++;
        }

        var complete = braces ? digits > 0 && TryTake('}') : digits == 2;
        return complete && value <= RuneSet.Last
            ? (int)value
            : throw new Re2SyntaxException($"invalid escape sequence '\\x{Text(start, _at)}'");
    }

    /// <summary>Reads a class behind its opening bracket.</summary>
    private RuneSet ParseClass()
    {
        var negated = TryTake('^');
        var set = new RuneSet();
        for (var first = true; first || AtEnd || Peek() != ']'; first = false)
        {
            if (AtEnd)
            {
                throw new Re2SyntaxException("missing closing ']'");
            }

            if (TryParsePosixClass(out var named))
            {
                set.Add(named);
                continue;
            }

            if (Peek() == '\\' && _at + 1 < _runes.Length)
            {
                _at++;
                if (TryParsePerlClass(out var perl))
                {
                    set.Add(perl);
                    continue;
                }

                _at--;
            }

            ParseRange(set);
        }

        _at++;
        return negated ? set.Negate() : set;
    }

    private void ParseRange(RuneSet set)
    {
        var start = _at;
        var low = ParseClassRune();
        var high = low;
        if (_at + 1 < _runes.Length && Peek() == '-' && _runes[_at + 1] != ']')
        {
            _at++;
            high = ParseClassRune();
            if (high < low)
            {
                throw new Re2SyntaxException($"invalid character class range '{Text(start, _at)}'");
            }
        }

        set.Add(Cases(new RuneSet().Add(low, high)));
    }

    private int ParseClassRune()
    {
        if (AtEnd)
        {
            throw new Re2SyntaxException("missing closing ']'");
        }

        return TryTake('\\') ? ParseEscapedRune() : Take();
    }

    private bool TryParsePosixClass(out RuneSet set)
    {
        set = RuneSet.Any;
        if (Peek() != '[' || _at + 2 >= _runes.Length || _runes[_at + 1] != ':')
        {
            return false;
        }

        var end = _at + 2;
        while (end + 1 < _runes.Length && !(_runes[end] == ':' && _runes[end + 1] == ']'))
        {
            end++;
        }

        if (end + 1 >= _runes.Length)
        {
            return false;
        }

        var text = Text(_at + 2, end);
        var negated = text.StartsWith('^');
        var named = (negated ? text[1..] : text) is var name && name.Contains(' ', StringComparison.Ordinal) ? null : Named(name);
        if (named is null)
        {
            throw new Re2SyntaxException($"invalid character class '[:{text}:]'");
        }

        set = negated ? Cases(named).Negate() : Cases(named);
        _at = end + 2;
        return true;
    }

    private static RuneSet? Named(string name) => name switch
    {
        "alnum" => new RuneSet().Add('0', '9').Add('A', 'Z').Add('a', 'z'),
        "alpha" => new RuneSet().Add('A', 'Z').Add('a', 'z'),
        "ascii" => new RuneSet().Add(0, 0x7F),
        "blank" => RuneSet.Of('\t').Add(' '),
        "cntrl" => new RuneSet().Add(0, 0x1F).Add(0x7F),
        "digit" => new RuneSet().Add('0', '9'),
        "graph" => new RuneSet().Add('!', '~'),
        "lower" => new RuneSet().Add('a', 'z'),
        "print" => new RuneSet().Add(' ', '~'),
        "punct" => new RuneSet().Add('!', '/').Add(':', '@').Add('[', '`').Add('{', '~'),
        "space" => new RuneSet().Add('\t', '\r').Add(' '),
        "perl space" => new RuneSet().Add('\t', '\n').Add('\f', '\r').Add(' '),
        "upper" => new RuneSet().Add('A', 'Z'),
        "word" => new RuneSet().Add('0', '9').Add('A', 'Z').Add('_').Add('a', 'z'),
        "xdigit" => new RuneSet().Add('0', '9').Add('A', 'F').Add('a', 'f'),
        _ => null,
    };
}
