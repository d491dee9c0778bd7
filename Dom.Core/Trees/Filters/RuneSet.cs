namespace Dom.Core.Trees.Filters;

/// <summary>A set of Unicode code points as sorted ranges: what one position of an expression accepts.</summary>
internal sealed class RuneSet
{
    /// <summary>The last code point.</summary>
    public const int Last = 0x10FFFF;

    private const int KelvinSign = 0x212A;
    private const int LongS = 0x17F;

    private readonly List<(int Low, int High)> _ranges = [];

    /// <summary>Every code point.</summary>
    public static RuneSet Any => new RuneSet().Add(0, Last);

    /// <summary>Every code point but line feed: RE2's dot.</summary>
    public static RuneSet NotLineFeed => new RuneSet().Add('\n').Negate();

    /// <summary>The ranges, sorted, neither touching nor overlapping.</summary>
    public IReadOnlyList<(int Low, int High)> Ranges => _ranges;

    /// <summary>The only member, or -1.</summary>
    public int Single => _ranges is [var (low, high)] && low == high ? low : -1;

    /// <summary>True for a set that holds at least everything the dot accepts.</summary>
    public bool CoversDot => _ranges is [(0, Last)] or [(0, '\n' - 1), ('\n' + 1, Last)];

    /// <summary>A set of one.</summary>
    public static RuneSet Of(int rune) => new RuneSet().Add(rune);

    /// <summary>Adds one code point.</summary>
    public RuneSet Add(int rune) => Add(rune, rune);

    /// <summary>Adds a range, both ends included.</summary>
    public RuneSet Add(int low, int high)
    {
        var at = 0;
        while (at < _ranges.Count && _ranges[at].High < low - 1)
        {
            at++;
        }

        while (at < _ranges.Count && _ranges[at].Low <= high + 1)
        {
            low = Math.Min(low, _ranges[at].Low);
            high = Math.Max(high, _ranges[at].High);
            _ranges.RemoveAt(at);
        }

        _ranges.Insert(at, (low, high));
        return this;
    }

    /// <summary>Adds all members of another set.</summary>
    public RuneSet Add(RuneSet other)
    {
        foreach (var (low, high) in other._ranges)
        {
            Add(low, high);
        }

        return this;
    }

    /// <summary>A new set of everything that is not in this one.</summary>
    public RuneSet Negate()
    {
        var result = new RuneSet();
        var next = 0;
        foreach (var (low, high) in _ranges)
        {
            if (low > next)
            {
                result._ranges.Add((next, low - 1));
            }

            next = high + 1;
        }

        if (next <= Last)
        {
            result._ranges.Add((next, Last));
        }

        return result;
    }

    /// <summary>A new set that also holds the other cases of its members, or null when a member is a letter whose other cases are not known here.</summary>
    /// <remarks>Known are those of ASCII, among them the two beyond ASCII that fold to one: Kelvin sign and long s.</remarks>
    public RuneSet? Fold()
    {
        var result = new RuneSet().Add(this);
        foreach (var (low, high) in _ranges)
        {
            var whole = low <= 0x80 && high == Last;
            if (high >= 0x80 && !whole && !(low == high && low is KelvinSign or LongS))
            {
                return null;
            }
        }

        for (int lower = 'a', upper = 'A'; lower <= 'z'; lower++, upper++)
        {
            var third = lower switch { 'k' => KelvinSign, 's' => LongS, _ => lower };
            if (Contains(lower) || Contains(upper) || Contains(third))
            {
                result.Add(lower).Add(upper).Add(third);
            }
        }

        return result;
    }

    /// <summary>True when a code point belongs to it.</summary>
    public bool Contains(int rune)
    {
        foreach (var (low, high) in _ranges)
        {
            if (low <= rune && rune <= high)
            {
                return true;
            }
        }

        return false;
    }
}
