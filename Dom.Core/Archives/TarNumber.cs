using System.Buffers.Binary;

namespace Dom.Core.Archives;

/// <summary>Numbers in the fields of a tar header: octal digits, or GNU's base 256 when the first bit is set.</summary>
internal static class TarNumber
{
    /// <summary>Reads a field; an empty one is 0. False when it is no number or does not fit.</summary>
    internal static bool TryRead(ReadOnlySpan<byte> field, out long value) =>
        (field[0] & 0x80) != 0 ? TryReadBase256(field, out value) : TryReadOctal(field, out value);

    /// <summary>Digits, with spaces before them and spaces or NUL after them.</summary>
    internal static bool TryReadOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        var text = field.TrimStart(" \0"u8);
        var end = text.IndexOfAny((byte)' ', (byte)0);
        if (end >= 0 && text[end..].ContainsAnyExcept((byte)' ', (byte)0))
        {
            return false;
        }

        foreach (var digit in end < 0 ? text : text[..end])
        {
            if (digit is < (byte)'0' or > (byte)'7' || value > long.MaxValue >> 3)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return true;
    }

    /// <summary>Two's complement, most significant byte first; the topmost bit is the mark and the next one the sign.</summary>
    private static bool TryReadBase256(ReadOnlySpan<byte> field, out long value)
    {
        var isNegative = (field[0] & 0x40) != 0;
        Span<byte> bytes = stackalloc byte[field.Length];
        field.CopyTo(bytes);
        bytes[0] = (byte)(isNegative ? bytes[0] | 0x80 : bytes[0] & 0x7f);
        value = 0;
        if (bytes.Length < sizeof(long))
        {
            Span<byte> wide = stackalloc byte[sizeof(long)];
            wide.Fill(isNegative ? (byte)0xff : (byte)0);
            bytes.CopyTo(wide[(sizeof(long) - bytes.Length)..]);
            value = BinaryPrimitives.ReadInt64BigEndian(wide);
            return true;
        }

        var high = bytes[..^sizeof(long)];
        value = BinaryPrimitives.ReadInt64BigEndian(bytes[^sizeof(long)..]);
        return !high.ContainsAnyExcept(isNegative ? (byte)0xff : (byte)0) && value < 0 == isNegative;
    }
}
