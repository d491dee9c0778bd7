using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;

namespace Dom.Core.Linux;

/// <summary>The bytes of an absolute or relative path on a machine. Names there need not be text.</summary>
/// <remarks>
/// Equality and order are those of the bytes. The text form is for people and JSON: UTF-8, in which every byte that is not part of valid
/// UTF-8, control characters and line separators are escaped as <c>\xNN</c> and a backslash is doubled, so that <see cref="Parse"/> gives the same bytes back.
/// </remarks>
[JsonConverter(typeof(UnixPathJsonConverter))]
public readonly struct UnixPath : IEquatable<UnixPath>, IComparable<UnixPath>
{
    private const byte Slash = (byte)'/';
    private readonly ReadOnlyMemory<byte> _bytes;

    /// <summary>A path over these bytes, which the caller no longer changes. A NUL byte is refused: no path has one.</summary>
    public UnixPath(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Span.Contains((byte)0))
        {
            throw new ArgumentException("a path cannot contain a NUL byte", nameof(bytes));
        }

        _bytes = bytes;
    }

    /// <summary>The path <c>/</c>.</summary>
    public static UnixPath Root { get; } = Of("/");

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes.Span;

    /// <summary>Bytes in the path.</summary>
    public int Length => _bytes.Length;

    /// <summary>True for the default value: no path at all.</summary>
    public bool IsEmpty => _bytes.IsEmpty;

    /// <summary>True when the path starts with a slash.</summary>
    public bool IsAbsolute => Span is [Slash, ..];

    /// <summary>The last name of the path; empty for <c>/</c> and for the empty path. Slashes at the end do not count.</summary>
    public ReadOnlySpan<byte> Name
    {
        get
        {
            var trimmed = Span.TrimEnd(Slash);
            return trimmed[(trimmed.LastIndexOf(Slash) + 1)..];
        }
    }

    /// <summary>The path without its last name: <c>/</c> for <c>/etc</c>, empty for a lone relative name and for <c>/</c>.</summary>
    public UnixPath Parent
    {
        get
        {
            var trimmed = Span.TrimEnd(Slash);
            var end = trimmed.LastIndexOf(Slash);
            if (end < 0)
            {
                return default;
            }

            var parent = trimmed[..end].TrimEnd(Slash);
            return new UnixPath(_bytes[..Math.Max(parent.Length, 1)]);
        }
    }

    /// <summary>A path over these bytes; false when one of them is NUL.</summary>
    public static bool TryCreate(ReadOnlyMemory<byte> bytes, out UnixPath path)
    {
        var valid = !bytes.Span.Contains((byte)0);
        path = valid ? new UnixPath(bytes) : default;
        return valid;
    }

    /// <summary>The path of ordinary text, taken as it is: nothing in it is an escape.</summary>
    public static UnixPath Of(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Reads what <see cref="ToString"/> wrote, or throws <see cref="FormatException"/> naming the text.</summary>
    public static UnixPath Parse(string text) =>
        TryParse(text, out var path) ? path : throw new FormatException($"'{text}' is no path: a backslash starts \\xNN (not 00) or stands twice");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UnixPath path)
    {
        path = default;
        if (text is null)
        {
            return false;
        }

        var source = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < source.Length; length++)
        {
            var (value, used) = Unescape(source.AsSpan(i));
            if (used == 0)
            {
                return false;
            }

            source[length] = value;
            i += used;
        }

        return TryCreate(source.AsMemory(0, length), out path);
    }

    /// <summary>This path, a slash where one is needed, and the name.</summary>
    public UnixPath Join(ReadOnlySpan<byte> name)
    {
        if (IsEmpty)
        {
            return new UnixPath(name.ToArray());
        }

        var slash = Span[^1] == Slash ? 0 : 1;
        var joined = new byte[Length + slash + name.Length];
        Span.CopyTo(joined);
        joined[Length] = Slash;
        name.CopyTo(joined.AsSpan(Length + slash));
        return new UnixPath(joined);
    }

    /// <summary>This path, a slash where one is needed, and the name.</summary>
    public UnixPath Join(string name) => Join(Encoding.UTF8.GetBytes(name));

    /// <summary>True for this path itself and for everything below it; the empty path is in no relation to any.</summary>
    public bool Contains(UnixPath other)
    {
        if (IsEmpty || other.IsEmpty)
        {
            return false;
        }

        var self = Span.TrimEnd(Slash);
        return other.Span.StartsWith(self) && (other.Length == self.Length || other.Span[self.Length] == Slash);
    }

    /// <summary>The text form; see the remarks of the type.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Length);
        Span<char> units = stackalloc char[2];
        for (var rest = Span; !rest.IsEmpty;)
        {
            var valid = Rune.DecodeFromUtf8(rest, out var rune, out var used) == System.Buffers.OperationStatus.Done;
            if (!valid || IsEscaped(rune))
            {
                foreach (var value in rest[..used])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
                }
            }
            else if (rune.Value == '\\')
            {
                text.Append(@"\\");
            }
            else
            {
                text.Append(units[..rune.EncodeToUtf16(units)]);
            }

            rest = rest[used..];
        }

        return text.ToString();
    }

    /// <inheritdoc/>
    public int CompareTo(UnixPath other) => Span.SequenceCompareTo(other.Span);

    /// <inheritdoc/>
    public bool Equals(UnixPath other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is UnixPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <summary>Equal bytes.</summary>
    public static bool operator ==(UnixPath left, UnixPath right) => left.Equals(right);

    /// <summary>Different bytes.</summary>
    public static bool operator !=(UnixPath left, UnixPath right) => !left.Equals(right);

    /// <summary>Order of the bytes.</summary>
    public static bool operator <(UnixPath left, UnixPath right) => left.CompareTo(right) < 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >(UnixPath left, UnixPath right) => left.CompareTo(right) > 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator <=(UnixPath left, UnixPath right) => left.CompareTo(right) <= 0;

    /// <summary>Order of the bytes.</summary>
    public static bool operator >=(UnixPath left, UnixPath right) => left.CompareTo(right) >= 0;

    /// <summary>What would move the cursor, hide or reorder text on a terminal or break a line of a listing.</summary>
    private static bool IsEscaped(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    /// <summary>The byte at the start of an escaped text and how many bytes of text it took; 0 for an escape that is none.</summary>
    private static (byte Value, int Used) Unescape(ReadOnlySpan<byte> text) => text switch
    {
        [(byte)'\\', (byte)'\\', ..] => ((byte)'\\', 2),
        [(byte)'\\', (byte)'x', var high, var low, ..] when char.IsAsciiHexDigit((char)high) && char.IsAsciiHexDigit((char)low) =>
            ((byte)((HexValue(high) << 4) | HexValue(low)), 4),
        [(byte)'\\', ..] => default,
        [var plain, ..] => (plain, 1),
        [] => default,
    };

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
