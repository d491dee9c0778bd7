namespace Dom.Core.Trees.Filters;

/// <summary>A parsed expression. Groups and greediness are gone: only whether a path matches is ever asked.</summary>
internal sealed class Re2Node
{
    /// <summary>Matches the empty text.</summary>
    public static readonly Re2Node Empty = new() { Kind = Re2Kind.Empty };

    /// <summary>What it is.</summary>
    public required Re2Kind Kind { get; init; }

    /// <summary>The set of <see cref="Re2Kind.Runes"/>.</summary>
    public RuneSet? Set { get; init; }

    /// <summary>The parts of a concatenation or alternation; the one part of a repetition.</summary>
    public IReadOnlyList<Re2Node> Parts { get; init; } = [];

    /// <summary>Fewest repetitions.</summary>
    public int Min { get; init; }

    /// <summary>Most repetitions, -1 for no limit.</summary>
    public int Max { get; init; }

    /// <summary>True for <c>.*</c>, with or without line feeds.</summary>
    public bool IsDotStar => Kind == Re2Kind.Repeat && Min == 0 && Max == -1 && Parts[0].Set is { CoversDot: true };

    /// <summary>The code point of a literal, or -1.</summary>
    public int Literal => Set?.Single ?? -1;

    /// <summary>True when what follows a match can undo it: the expression looks at the end or beyond.</summary>
    public bool LooksAhead
    {
        get
        {
            foreach (var part in Parts)
            {
                if (part.LooksAhead)
                {
                    return true;
                }
            }

            return Kind is Re2Kind.EndText or Re2Kind.EndLine or Re2Kind.WordBoundary or Re2Kind.NotWordBoundary;
        }
    }

    /// <summary>One code point of a set.</summary>
    public static Re2Node Runes(RuneSet set) => new() { Kind = Re2Kind.Runes, Set = set };

    /// <summary>Parts in sequence.</summary>
    public static Re2Node Concat(List<Re2Node> parts) => parts.Count switch
    {
        0 => Empty,
        1 => parts[0],
        _ => new Re2Node { Kind = Re2Kind.Concat, Parts = parts },
    };

    /// <summary>Parts to choose from.</summary>
    public static Re2Node Alternate(List<Re2Node> parts) =>
        parts.Count == 1 ? parts[0] : new Re2Node { Kind = Re2Kind.Alternate, Parts = parts };

    /// <summary>A part several times.</summary>
    public static Re2Node Repeat(Re2Node part, int min, int max) => new() { Kind = Re2Kind.Repeat, Parts = [part], Min = min, Max = max };

    /// <summary>Whether what matches may be nothing at all, and whether it may begin with this code point.</summary>
    public (bool Nothing, bool Rune) MayBegin(int rune)
    {
        if (Kind == Re2Kind.Runes)
        {
            return (false, Set!.Contains(rune));
        }

        if (Kind == Re2Kind.Repeat && Max == 0)
        {
            return (true, false);
        }

        var (nothing, begins) = (Kind != Re2Kind.Alternate, false);
        foreach (var part in Parts)
        {
            var (nothingOfPart, beginsPart) = part.MayBegin(rune);
            begins |= beginsPart;
            if (Kind == Re2Kind.Alternate)
            {
                nothing |= nothingOfPart;
            }
            else if (!nothingOfPart)
            {
                return (Kind == Re2Kind.Repeat && Min == 0, begins);
            }
        }

        return (nothing, begins);
    }

    /// <summary>How many nodes there are once counted repetitions are written out.</summary>
    public long ExpandedSize()
    {
        long size = 1;
        foreach (var part in Parts)
        {
            size += part.ExpandedSize();
        }

        return size * Math.Max(1, Math.Max(Min, Max));
    }

    /// <summary>
    /// How much work the counted repetitions can be for each character of a path: what they repeat, written out. A part of one length that is repeated a
    /// fixed number of times counts a tenth, because the automaton is in few places of it at a time.
    /// </summary>
    public long RepeatWeight()
    {
        if (Kind == Re2Kind.Repeat && Math.Max(Min, Max) > 1)
        {
            return ExpandedSize() / (IsOfOneLength ? 10 : 1);
        }

        long weight = 0;
        foreach (var part in Parts)
        {
            weight += part.RepeatWeight();
        }

        return weight;
    }

    private bool IsOfOneLength
    {
        get
        {
            foreach (var part in Parts)
            {
                if (!part.IsOfOneLength)
                {
                    return false;
                }
            }

            return Kind == Re2Kind.Repeat ? Min == Max : Kind != Re2Kind.Alternate;
        }
    }

    /// <summary>RE2's rule: the product of nested counts may not exceed <paramref name="limit"/>.</summary>
    public bool RepeatsAtMost(int limit)
    {
        if (Kind == Re2Kind.Repeat && (Min, Max) is not ((0, -1) or (1, -1) or (0, 1)))
        {
            var most = Max < 0 ? Min : Max;
            if (most == 0)
            {
                return true;
            }

            if (most > limit)
            {
                return false;
            }

            limit /= most;
        }

        foreach (var part in Parts)
        {
            if (!part.RepeatsAtMost(limit))
            {
                return false;
            }
        }

        return true;
    }
}
