namespace Dom.Core.Machines;

/// <summary>The order in which people expect names with numbers: <c>web9</c> before <c>web10</c>. Digits compare by value, everything else by character.</summary>
public sealed class HostNameOrder : IComparer<string>
{
    /// <summary>The order.</summary>
    public static HostNameOrder Instance { get; } = new();

    /// <summary>Compares; only equal texts compare as 0, so the order is total.</summary>
    public int Compare(string? x, string? y)
    {
        if (x is null || y is null)
        {
            return (x is null ? 0 : 1) - (y is null ? 0 : 1);
        }

        var order = CompareByValue(x, y);
        return order != 0 ? order : string.CompareOrdinal(x, y);
    }

    private static int CompareByValue(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        while (!left.IsEmpty && !right.IsEmpty)
        {
            if (char.IsAsciiDigit(left[0]) && char.IsAsciiDigit(right[0]))
            {
                var order = CompareNumbers(TakeDigits(ref left), TakeDigits(ref right));
                if (order != 0)
                {
                    return order;
                }
            }
            else if (left[0] != right[0])
            {
                return left[0].CompareTo(right[0]);
            }
            else
            {
                left = left[1..];
                right = right[1..];
            }
        }

        return left.Length.CompareTo(right.Length);
    }

    private static ReadOnlySpan<char> TakeDigits(ref ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        var digits = end < 0 ? text : text[..end];
        text = text[digits.Length..];
        return digits.TrimStart('0');
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right) =>
        left.Length != right.Length ? left.Length.CompareTo(right.Length) : left.SequenceCompareTo(right);
}
