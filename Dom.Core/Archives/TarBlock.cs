using Dom.Core.Trees;

namespace Dom.Core.Archives;

/// <summary>One header block of 512 bytes, in any of the forms v7, ustar, GNU.</summary>
internal readonly ref struct TarBlock(ReadOnlySpan<byte> bytes)
{
    /// <summary>Bytes of a block; headers and data begin at multiples of it.</summary>
    internal const int Size = 512;

    private static ReadOnlySpan<byte> GnuMagic => "ustar  \0"u8;

    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>All bytes are zero: half of the mark at the end.</summary>
    internal bool IsZero => !_bytes.ContainsAnyExcept((byte)0);

    /// <summary>The kind of entry.</summary>
    internal byte Type => _bytes[156];

    /// <summary>Written by GNU tar in its own form, which uses the room of the ustar prefix for other things.</summary>
    internal bool IsGnu => _bytes.Slice(257, 8).SequenceEqual(GnuMagic);

    /// <summary>The name, with the ustar prefix in front of it.</summary>
    internal byte[] Name
    {
        get
        {
            var name = Text(_bytes[..100]);
            var prefix = !IsGnu && _bytes.Slice(257, 5).SequenceEqual("ustar"u8) ? Text(_bytes.Slice(345, 155)) : default;
            return prefix.IsEmpty ? name.ToArray() : [.. prefix, (byte)'/', .. name];
        }
    }

    /// <summary>The target of a link.</summary>
    internal byte[] LinkName => Text(_bytes.Slice(157, 100)).ToArray();

    /// <summary>Bytes of data that follow.</summary>
    internal long DataBytes => Number(124, 12, "size");

    /// <summary>Bytes of a sparse file of the old GNU form, holes included.</summary>
    internal long RealSize => Number(483, 12, "real size");

    /// <summary>True when further blocks with the map of a sparse file follow.</summary>
    internal bool MapGoesOn => _bytes[482] != 0;

    /// <summary>The four pieces of a sparse map that have room in the header; an offset and a length of 12 bytes each.</summary>
    internal ReadOnlySpan<byte> Map => _bytes.Slice(386, 4 * 24);

    /// <summary>The checksum is that of the bytes: their sum, the field itself counted as spaces. Some old programs added signed bytes.</summary>
    internal bool HasRightChecksum
    {
        get
        {
            if (!TarNumber.TryReadOctal(_bytes.Slice(148, 8), out var expected))
            {
                return false;
            }

            long unsigned = 0, signed = 0;
            for (var i = 0; i < Size; i++)
            {
                var value = i is >= 148 and < 156 ? (byte)' ' : _bytes[i];
                unsigned += value;
                signed += (sbyte)value;
            }

            return expected == unsigned || expected == signed;
        }
    }

    /// <summary>Permissions, owner, time and device number; the kind is left open.</summary>
    internal Inode ReadMetadata() => new()
    {
        Kind = InodeKind.None,
        Mode = (uint)Number(100, 8, "mode") & 0xfff,
        Uid = Id(108, "uid"),
        Gid = Id(116, "gid"),
        MtimeSeconds = Number(136, 12, "mtime"),
    };

    /// <summary>Device number of a character or block device.</summary>
    internal ulong ReadDevice() => Linux.FileStatus.MakeDevice(Part(329, "major"), Part(337, "minor"));

    private static ReadOnlySpan<byte> Text(ReadOnlySpan<byte> field)
    {
        var end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    private long Number(int offset, int length, string name) => TarNumber.TryRead(_bytes.Slice(offset, length), out var value)
        ? value
        : throw new FormatException($"its {name} is no number");

    private uint Id(int offset, string name) => TarId.Require(Number(offset, 8, name), name);

    private uint Part(int offset, string name)
    {
        var value = Number(offset, 8, $"{name} device number");
        return value is >= 0 and <= uint.MaxValue ? (uint)value : throw new FormatException($"its {name} device number {value} does not fit");
    }
}
