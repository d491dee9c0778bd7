using System.Text;

namespace Dom.Core.Locks;

/// <summary>Order of holders' names by their UTF-8 bytes, as locksmith and airlock sort them. UTF-16 order differs above U+FFFF.</summary>
public sealed class HolderOrder : IComparer<string>
{
    /// <summary>The only one.</summary>
    public static readonly HolderOrder Instance = new();

    /// <inheritdoc/>
    public int Compare(string? x, string? y)
    {
        var left = x.AsSpan();
        var right = y.AsSpan();
        while (!left.IsEmpty && !right.IsEmpty)
        {
            _ = Rune.DecodeFromUtf16(left, out var a, out var takenLeft);
            _ = Rune.DecodeFromUtf16(right, out var b, out var takenRight);
            if (a != b)
            {
                // UTF-8 keeps the order of code points.
                return a.Value.CompareTo(b.Value);
            }

            left = left[takenLeft..];
            right = right[takenRight..];
        }

        // Halves of surrogate pairs all decode to the same; they are told apart, however they sort.
        return left.IsEmpty && right.IsEmpty ? string.CompareOrdinal(x, y) : right.IsEmpty.CompareTo(left.IsEmpty);
    }
}
