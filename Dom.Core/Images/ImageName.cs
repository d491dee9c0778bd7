using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Dom.Core.Images;

/// <summary>A valid name of an image, such as <c>debian/bookworm/2026-11-20</c>: a relative path whose last part is the version.</summary>
/// <remarks>
/// Names are checked here once, at every place where one comes in; no code joins an unchecked name to a path.
/// The order is version-aware: within a part, runs of digits compare as numbers, so <c>web/9</c> stands before <c>web/10</c>.
/// </remarks>
public sealed class ImageName : IEquatable<ImageName>, IComparable<ImageName>
{
    /// <summary>Most bytes of a name in UTF-8.</summary>
    public const int MaxBytes = 1024;

    /// <summary>Most bytes of one part in UTF-8.</summary>
    public const int MaxPartBytes = 200;

    /// <summary>Most parts.</summary>
    public const int MaxParts = 32;

    private readonly string _text;

    private ImageName(string text) => _text = text;

    /// <summary>What stands before the last slash: the stream the image is a version of; empty for a name without one.</summary>
    public string Directory => _text.LastIndexOf('/') is var slash and > 0 ? _text[..slash] : "";

    /// <summary>What stands after the last slash.</summary>
    public string Leaf => _text[(_text.LastIndexOf('/') + 1)..];

    /// <summary>Reads a name, or throws <see cref="FormatException"/> that says what is wrong with it.</summary>
    public static ImageName Parse(string text) => TryParse(text, out var name, out var reason) ? name : throw new FormatException(reason);

    /// <summary>Reads a name.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name, when the text is one.</param>
    /// <param name="reason">What is wrong with the text, for a person.</param>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out ImageName? name, [NotNullWhen(false)] out string? reason)
    {
        reason = text is null ? "an image name is missing" : FindFault(text);
        name = reason is null ? new ImageName(text!) : null;
        return reason is null;
    }

    /// <summary>True when the image is in this directory or below it; every image is below the empty one.</summary>
    public bool IsBelow(string directory)
    {
        var prefix = directory.AsSpan().TrimEnd('/');
        return prefix.IsEmpty || (_text.Length > prefix.Length && _text[prefix.Length] == '/' && _text.AsSpan().StartsWith(prefix, StringComparison.Ordinal));
    }

    /// <inheritdoc/>
    public int CompareTo(ImageName? other) => other is null ? 1 : Compare(_text, other._text);

    /// <inheritdoc/>
    public bool Equals(ImageName? other) => other is not null && string.Equals(_text, other._text, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ImageName);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(_text, StringComparison.Ordinal);

    /// <summary>The name as text.</summary>
    public override string ToString() => _text;

    /// <summary>Version-aware comparison of two texts; 0 only for equal ones.</summary>
    public static int Compare(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        int i = 0, j = 0;
        while (i < left.Length && j < right.Length)
        {
            int order;
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                order = CompareNumbers(TakeDigits(left, ref i), TakeDigits(right, ref j));
            }
            else
            {
                order = Rank(left[i++]).CompareTo(Rank(right[j++]));
            }

            if (order != 0)
            {
                return order;
            }
        }

        var rest = (left.Length - i).CompareTo(right.Length - j);
        return rest != 0 ? rest : left.SequenceCompareTo(right);
    }

    /// <summary>Same name.</summary>
    public static bool operator ==(ImageName? left, ImageName? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Different names.</summary>
    public static bool operator !=(ImageName? left, ImageName? right) => !(left == right);

    /// <summary>Version-aware order.</summary>
    public static bool operator <(ImageName? left, ImageName? right) => left is null ? right is not null : left.CompareTo(right) < 0;

    /// <summary>Version-aware order.</summary>
    public static bool operator >(ImageName? left, ImageName? right) => left is not null && left.CompareTo(right) > 0;

    /// <summary>Version-aware order.</summary>
    public static bool operator <=(ImageName? left, ImageName? right) => left is null || left.CompareTo(right) <= 0;

    /// <summary>Version-aware order.</summary>
    public static bool operator >=(ImageName? left, ImageName? right) => left is null ? right is null : left.CompareTo(right) >= 0;

    // A slash ends a part, so it sorts before every other character: "web/1" stands before "web-b/1".
    private static int Rank(char c) => c == '/' ? -1 : c;

    private static ReadOnlySpan<char> TakeDigits(ReadOnlySpan<char> text, ref int index)
    {
        var start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            index++;
        }

        return text[start..index];
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        left = left.TrimStart('0');
        right = right.TrimStart('0');
        var order = left.Length.CompareTo(right.Length);
        return order != 0 ? order : left.SequenceCompareTo(right);
    }

    private static string? FindFault(string text)
    {
        if (text.Length == 0)
        {
            return "an image name must not be empty";
        }

        if (text.Length > MaxBytes || Encoding.UTF8.GetByteCount(text) > MaxBytes)
        {
            return $"the image name '{Printable(text.AsSpan(0, 40))}…' is longer than {MaxBytes} bytes";
        }

        var parts = 0;
        foreach (var range in text.AsSpan().Split('/'))
        {
            if (FindFaultInPart(text.AsSpan(range)) is { } fault)
            {
                return $"the image name '{Printable(text)}' {fault}";
            }

            parts++;
        }

        return parts <= MaxParts ? null : $"the image name '{Printable(text)}' has more than {MaxParts} parts";
    }

    private static string? FindFaultInPart(ReadOnlySpan<char> part)
    {
        if (part.IsEmpty)
        {
            return "begins or ends with '/' or has an empty part";
        }

        if (part is "." or "..")
        {
            return $"has the part '{part}'";
        }

        if (part[^1] == '~')
        {
            return "has a part that ends with '~'";
        }

        foreach (var rune in part.EnumerateRunes())
        {
            // A lone surrogate is enumerated as U+FFFD.
            if (rune == Rune.ReplacementChar || IsUnprintable(rune))
            {
                return "has a character that cannot be printed";
            }
        }

        if (char.IsWhiteSpace(part[0]) || char.IsWhiteSpace(part[^1]))
        {
            return "has a part that begins or ends with white space";
        }

        return Encoding.UTF8.GetByteCount(part) > MaxPartBytes ? $"has a part longer than {MaxPartBytes} bytes" : null;
    }

    private static bool IsUnprintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Printable(ReadOnlySpan<char> text)
    {
        var printable = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            printable.Append(IsUnprintable(rune) ? "\uFFFD" : rune.ToString());
        }

        return printable.ToString();
    }
}
