using System.Buffers.Binary;

namespace Dom.Core.Trees;

/// <summary>Finds where entries of a directory block end, without decoding them: lookups go through many entries to read one.</summary>
internal static class EntrySkipper
{
    /// <summary>Where the bytes of an entry's name begin: after the array header and the two bytes of a bin 8 header.</summary>
    internal const int FirstField = 3;

    /// <summary>Where the first entry begins, and how many there are.</summary>
    internal static int Begin(ReadOnlySpan<byte> block, out int count)
    {
        // [0, [entry…]]
        if (block.Length < 3 || block[0] != 0x92 || block[1] != (byte)BlockKind.Directory)
        {
            throw new CorruptTreeException("it is no directory block");
        }

        if (block[2] is >= 0x90 and <= 0x9f)
        {
            count = block[2] & 0x0f;
            return 3;
        }

        if (block[2] != 0xdc || block.Length < 5)
        {
            throw new CorruptTreeException("the number of its entries is not in canonical form");
        }

        count = BinaryPrimitives.ReadUInt16BigEndian(block[3..]);
        return 5;
    }

    /// <summary>The name of the entry that begins here.</summary>
    internal static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> entry) => entry.Slice(FirstField, entry[FirstField - 1]);

    /// <summary>Bytes of the entry that begins here.</summary>
    internal static int Length(ReadOnlySpan<byte> entry)
    {
        // An array of fewer than 16 fields: the name, which is a bin of at most 255 bytes, and fields of at most 8 bytes or bins.
        if (entry.Length < FirstField || entry[0] is < 0x92 or > 0x9f || entry[1] != 0xc4)
        {
            throw new CorruptTreeException("an entry does not begin with a name");
        }

        var position = FirstField + entry[2];
        for (var fields = (entry[0] & 0x0f) - 1; fields > 0; fields--)
        {
            if (position >= entry.Length)
            {
                throw new CorruptTreeException("an entry is cut");
            }

            position += FieldLength(entry[position..]);
        }

        return position <= entry.Length ? position : throw new CorruptTreeException("an entry is cut");
    }

    private static int FieldLength(ReadOnlySpan<byte> field) => field[0] switch
    {
        < 0x80 or >= 0xe0 => 1,
        0xcc or 0xd0 => 2,
        0xcd or 0xd1 => 3,
        0xce or 0xd2 => 5,
        0xcf or 0xd3 => 9,
        0xc4 when field.Length > 1 => 2 + field[1],
        0xc5 when field.Length > 2 => 3 + BinaryPrimitives.ReadUInt16BigEndian(field[1..]),
        0xc6 when field.Length > 4 && field[1] == 0 => 5 + BinaryPrimitives.ReadInt32BigEndian(field[1..]),
        _ => throw new CorruptTreeException($"an entry has a field of type 0x{field[0]:x2}"),
    };
}
