namespace Dom.Core.Rpc.Certificates;

/// <summary>Patterns of methods in certificates: <c>Service.Method</c> with <c>*</c> and <c>?</c>; exactly one dot.</summary>
public static class MethodPattern
{
    /// <summary>Longest pattern accepted.</summary>
    public const int MaxLength = 256;

    /// <summary>Null when the pattern is good, else what is wrong with it.</summary>
    public static string? Fault(string pattern)
    {
        if (pattern.Length is 0 or > MaxLength)
        {
            return $"a method pattern has 1 to {MaxLength} characters";
        }

        var dots = 0;
        foreach (var c in pattern)
        {
            if (c == '.')
            {
                dots++;
            }
            else if (!char.IsAsciiLetterOrDigit(c) && c is not ('*' or '?' or '_' or '-'))
            {
                return $"'{pattern}' has a character that no method name has; write Service.Method, * and ? stand for any characters";
            }
        }

        return dots == 1 && pattern[0] != '.' && pattern[^1] != '.'
            ? null
            : $"'{pattern}' must be Service.Method with exactly one dot, for example Subd.* or ImageServer.GetImage";
    }

    /// <summary>True when the pattern covers the method; the dot matches only itself.</summary>
    public static bool Matches(string pattern, string method)
    {
        var patternDot = pattern.IndexOf('.', StringComparison.Ordinal);
        var methodDot = method.IndexOf('.', StringComparison.Ordinal);
        return patternDot > 0 && methodDot > 0
            && MatchesPart(pattern.AsSpan(0, patternDot), method.AsSpan(0, methodDot))
            && MatchesPart(pattern.AsSpan(patternDot + 1), method.AsSpan(methodDot + 1));
    }

    private static bool MatchesPart(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        // Greedy with one point of return: linear in practice, at worst pattern times text, never exponential.
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                star = p++;
                resume = t;
            }
            else if (p < pattern.Length && (pattern[p] == '?' || pattern[p] == text[t]))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
