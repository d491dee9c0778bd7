using System.Buffers;
using System.Globalization;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Core.Archives;

/// <summary>Writes tar archives in the PAX form: ustar headers, and extended headers only where something does not fit or is finer than they are.</summary>
/// <remarks>The same members give the same bytes: nothing of this host, its clock or its names of users gets in. Not thread-safe.</remarks>
public sealed class TarWriter(Stream output)
{
    private const int RecordBytes = 20 * TarBlock.Size;
    private const long MaxOctal7 = (1L << 21) - 1;
    private const long MaxOctal11 = (1L << 33) - 1;

    private readonly byte[] _block = new byte[TarBlock.Size];
    private long _written;
    private long _missing;

    /// <summary>Writes the headers of a member; the content of a file must follow.</summary>
    /// <param name="name">Its name; a directory's gets a slash at its end.</param>
    /// <param name="inode">Kind, metadata, target.</param>
    /// <param name="linkTarget">For another name of a file: the name it was written under; else empty.</param>
    /// <param name="cancellationToken">Ends the writing.</param>
    public async ValueTask WriteHeaderAsync(UnixPath name, Inode inode, UnixPath linkTarget, CancellationToken cancellationToken)
    {
        await PadAsync(cancellationToken);
        var isLink = !linkTarget.IsEmpty;
        if (inode.Kind == InodeKind.Directory && name.Span[^1] != (byte)'/')
        {
            name = new UnixPath((byte[])[.. name.Span, (byte)'/']);
        }

        var target = isLink ? linkTarget.Bytes : inode.Target;
        var size = inode.Kind == InodeKind.Regular && !isLink ? (long)inode.Size : 0;
        var extended = Extended(name, inode, target, size, isLink);
        if (extended.Length > 0)
        {
            var header = new Inode { Kind = InodeKind.Regular, Mode = 0x1a4 };
            await WriteBlockAsync((byte)'x', "././@PaxHeader"u8.ToArray(), header, default, extended.Length, cancellationToken);
            await WriteAsync(extended, cancellationToken);
            await PadAsync(cancellationToken);
        }

        await WriteBlockAsync(isLink ? (byte)'1' : TypeOf(inode.Kind), name.Bytes, inode, target, size, cancellationToken);
        _missing = size;
    }

    /// <summary>Writes the next bytes of a file.</summary>
    /// <exception cref="InvalidOperationException">They are more than its size.</exception>
    public async ValueTask WriteContentAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (bytes.Length > _missing)
        {
            throw new InvalidOperationException($"a file has {bytes.Length - _missing} bytes more than its header says");
        }

        await WriteAsync(bytes, cancellationToken);
        _missing -= bytes.Length;
    }

    /// <summary>Writes the mark of the end.</summary>
    public async ValueTask FinishAsync(CancellationToken cancellationToken)
    {
        await PadAsync(cancellationToken);
        var end = _written + (2 * TarBlock.Size);
        await WriteAsync(new byte[(int)(end - _written) + (int)((RecordBytes - (end % RecordBytes)) % RecordBytes)], cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    private static byte[] Extended(UnixPath name, in Inode inode, ReadOnlyMemory<byte> target, long size, bool isLink)
    {
        var records = new ArrayBufferWriter<byte>();
        if (name.Length > 100)
        {
            Add(records, "path"u8, name.Span);
        }

        if (target.Length > 100)
        {
            Add(records, "linkpath"u8, target.Span);
        }

        AddNumber(records, "size"u8, size, MaxOctal11);
        AddNumber(records, "uid"u8, inode.Uid, MaxOctal7);
        AddNumber(records, "gid"u8, inode.Gid, MaxOctal7);
        if (inode.MtimeNanoseconds != 0 || inode.MtimeSeconds is < 0 or > MaxOctal11)
        {
            Add(records, "mtime"u8, Encoding.ASCII.GetBytes(TimeText(inode.MtimeSeconds, inode.MtimeNanoseconds)));
        }

        if (!isLink)
        {
            foreach (var (attribute, value) in new ExtendedAttributes(inode.Xattrs).Read())
            {
                Add(records, AttributeKey(attribute.Span), value.Span);
            }
        }

        return records.WrittenSpan.ToArray();
    }

    /// <summary>Seconds since 1970 as a decimal fraction: -1.25 is a quarter of a second before the last second but one.</summary>
    private static string TimeText(long seconds, uint nanoseconds)
    {
        var isNegative = seconds < 0;
        var whole = isNegative && nanoseconds > 0 ? -(seconds + 1) : Math.Abs(seconds);
        var fraction = isNegative && nanoseconds > 0 ? 1_000_000_000 - nanoseconds : nanoseconds;
        var digits = fraction == 0 ? "" : "." + fraction.ToString("d9", CultureInfo.InvariantCulture).TrimEnd('0');
        return string.Create(CultureInfo.InvariantCulture, $"{(isNegative ? "-" : "")}{whole}{digits}");
    }

    private static byte[] AttributeKey(ReadOnlySpan<byte> name)
    {
        var key = new List<byte>("SCHILY.xattr."u8.ToArray());
        foreach (var letter in name)
        {
            // GNU tar's way: the first '=' ends a key.
            key.AddRange(letter switch { (byte)'=' => "%3D"u8, (byte)'%' => "%25"u8, _ => [letter] });
        }

        return [.. key];
    }

    private static void AddNumber(ArrayBufferWriter<byte> records, ReadOnlySpan<byte> key, long value, long max)
    {
        if (value > max)
        {
            Add(records, key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>The length counts its own digits.</summary>
    private static void Add(ArrayBufferWriter<byte> records, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var rest = key.Length + value.Length + 3;
        var length = rest + 1;
        while (rest + length.ToString(CultureInfo.InvariantCulture).Length != length)
        {
            length++;
        }

        records.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        records.Write(" "u8);
        records.Write(key);
        records.Write("="u8);
        records.Write(value);
        records.Write("\n"u8);
    }

    private async ValueTask WriteBlockAsync(
        byte type, ReadOnlyMemory<byte> name, Inode inode, ReadOnlyMemory<byte> target, long size, CancellationToken cancellationToken)
    {
        MakeBlock(type, name.Span, inode, target.Span, size);
        await WriteAsync(_block, cancellationToken);
    }

    private void MakeBlock(byte type, ReadOnlySpan<byte> name, in Inode inode, ReadOnlySpan<byte> target, long size)
    {
        var block = _block.AsSpan();
        block.Clear();
        name[..Math.Min(name.Length, 100)].CopyTo(block);
        Octal(block.Slice(100, 8), inode.Mode);
        Octal(block.Slice(108, 8), Math.Min(inode.Uid, MaxOctal7));
        Octal(block.Slice(116, 8), Math.Min(inode.Gid, MaxOctal7));
        Octal(block.Slice(124, 12), Math.Min(size, MaxOctal11));
        Octal(block.Slice(136, 12), Math.Clamp(inode.MtimeSeconds, 0, MaxOctal11));
        block[156] = type;
        target[..Math.Min(target.Length, 100)].CopyTo(block[157..]);
        "ustar\0"u8.CopyTo(block[257..]);
        "00"u8.CopyTo(block[263..]);
        Octal(block.Slice(329, 8), FileStatus.Major(inode.Device));
        Octal(block.Slice(337, 8), FileStatus.Minor(inode.Device));
        block.Slice(148, 8).Fill((byte)' ');
        var sum = 0L;
        foreach (var value in block)
        {
            sum += value;
        }

        Octal(block.Slice(148, 7), sum);
    }

    /// <summary>Digits that fill the field except for a zero byte at its end.</summary>
    private static void Octal(Span<byte> field, long value)
    {
        field[^1] = 0;
        for (var i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static byte TypeOf(InodeKind kind) => kind switch
    {
        InodeKind.Regular => (byte)'0',
        InodeKind.Symlink => (byte)'2',
        InodeKind.CharacterDevice => (byte)'3',
        InodeKind.BlockDevice => (byte)'4',
        InodeKind.Directory => (byte)'5',
        InodeKind.Fifo => (byte)'6',
        _ => throw new ArgumentException($"an inode of kind {kind} cannot be in an archive", nameof(kind)),
    };

    private async ValueTask PadAsync(CancellationToken cancellationToken)
    {
        if (_missing > 0)
        {
            throw new InvalidOperationException($"{_missing} bytes of a file were not written");
        }

        var padding = (int)(-_written & (TarBlock.Size - 1));
        if (padding > 0)
        {
            await WriteAsync(new byte[padding], cancellationToken);
        }
    }

    private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await output.WriteAsync(bytes, cancellationToken);
        _written += bytes.Length;
    }
}
