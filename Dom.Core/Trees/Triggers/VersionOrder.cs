namespace Dom.Core.Trees.Triggers;

/// <summary>Order of names in which runs of digits count as numbers: a2 before a10. Ordinal otherwise and total.</summary>
internal sealed class VersionOrder : IComparer<string>
{
    /// <summary>The only one.</summary>
    public static readonly VersionOrder Instance = new();

    private VersionOrder()
    {
    }

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        while (!left.IsEmpty && !right.IsEmpty)
        {
            var leftDigits = Digits(left);
            var rightDigits = Digits(right);
            if (leftDigits == 0 || rightDigits == 0)
            {
                if (left[0] != right[0])
                {
                    return left[0].CompareTo(right[0]);
                }

                left = left[1..];
                right = right[1..];
                continue;
            }

            var leftNumber = left[..leftDigits].TrimStart('0');
            var rightNumber = right[..rightDigits].TrimStart('0');
            var order = leftNumber.Length.CompareTo(rightNumber.Length);
            order = order != 0 ? order : leftNumber.SequenceCompareTo(rightNumber);
            if (order != 0)
            {
                return order;
            }

            left = left[leftDigits..];
            right = right[rightDigits..];
        }

        var rest = left.Length.CompareTo(right.Length);
        return rest != 0 ? rest : string.CompareOrdinal(x, y);
    }

    private static int Digits(ReadOnlySpan<char> text)
    {
        var end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
