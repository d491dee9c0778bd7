using System.Buffers;
using System.Buffers.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Core.Archives;

public sealed partial class TarReader
{
    private const int GnuMapPieces = 21;

    private async ValueTask<UnixPath> ReadLongNameAsync(CancellationToken cancellationToken)
    {
        var text = await ReadExtendedAsync(_limits.MaxPathBytes + 1, cancellationToken);
        var end = text.Span.IndexOf((byte)0);
        return new UnixPath(end < 0 ? text : text[..end]);
    }

    /// <summary>Reads the data of an extended header. What it claims to have is not believed before it arrived.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadExtendedAsync(int maxBytes, CancellationToken cancellationToken)
    {
        var size = RequireDataBytes(new TarBlock(_block).DataBytes);
        if (size > maxBytes)
        {
            throw new FormatException($"its extended header has {size} bytes; at most {maxBytes} are allowed");
        }

        const int step = 64 * 1024;
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(size, step) + 1);
        while (buffer.WrittenCount < size)
        {
            var want = (int)Math.Min(step, size - buffer.WrittenCount);
            var count = await _input.FillAsync(buffer.GetMemory(want)[..want], cancellationToken);
            buffer.Advance(count);
            if (count < want)
            {
                throw new FormatException($"the archive is cut off at byte {_input.Position}, in its extended header");
            }
        }

        if (await _input.SkipAsync(PaddingOf(size), cancellationToken) < PaddingOf(size))
        {
            throw new FormatException($"the archive is cut off at byte {_input.Position}, after its extended header");
        }

        return buffer.WrittenMemory;
    }

    private async ValueTask<TarEntry> ReadEntryAsync(
        long offset, PaxFields fields, UnixPath? longName, UnixPath? longTarget, CancellationToken cancellationToken)
    {
        var (kind, isLink) = KindOf(_block[156]);
        var sparse = kind == InodeKind.Regular ? fields.Sparse : null;
        var name = sparse?.Name ?? fields.Path ?? longName ?? new UnixPath(new TarBlock(_block).Name);
        if (name.IsEmpty || name.Length > _limits.MaxPathBytes)
        {
            throw new FormatException($"its name has {name.Length} bytes; 1 to {_limits.MaxPathBytes} are allowed");
        }

        // Programs of old, and some of today, mark a directory by nothing but a slash at its end.
        var namesDirectory = kind == InodeKind.Regular && !isLink && sparse is null && _block[156] != 'S' && name.Span[^1] == (byte)'/';
        var dataBytes = RequireDataBytes(fields.Size ?? new TarBlock(_block).DataBytes);
        var hasData = kind == InodeKind.Regular && !isLink;
        if (!hasData && _block[156] != 'D')
        {
            dataBytes = 0;
        }

        kind = namesDirectory ? InodeKind.Directory : kind;
        var target = longTargetOrHeader(kind == InodeKind.Symlink || isLink);
        var (pieces, realSize, mapBytes) = await ReadPiecesAsync(hasData && !namesDirectory, sparse, dataBytes, cancellationToken);
        (_unread, _padding, _piece, _position) = (dataBytes - mapBytes, PaddingOf(dataBytes), 0, 0);
        return new TarEntry
        {
            Offset = offset,
            Name = name,
            Inode = MakeInode(kind, isLink ? default : target, realSize, fields),
            LinkTarget = isLink ? target : default,
            AccessAcl = fields.HasAttribute("system.posix_acl_access"u8) ? default : fields.AccessAcl,
            DefaultAcl = fields.HasAttribute("system.posix_acl_default"u8) ? default : fields.DefaultAcl,
            DataOffset = _input.Position,
            Pieces = pieces,
        };

        UnixPath longTargetOrHeader(bool isNeeded)
        {
            var path = !isNeeded ? default : fields.LinkPath ?? longTarget ?? new UnixPath(new TarBlock(_block).LinkName);
            return !isNeeded || (!path.IsEmpty && path.Length <= _limits.MaxPathBytes) ? path : throw new FormatException("it is a link without a target, or with one that is too long");
        }
    }

    private static (InodeKind Kind, bool IsLink) KindOf(byte type) => (char)type switch
    {
        '\0' or '0' or '7' or 'S' => (InodeKind.Regular, false),
        '1' => (InodeKind.Regular, true),
        '2' => (InodeKind.Symlink, false),
        '3' => (InodeKind.CharacterDevice, false),
        '4' => (InodeKind.BlockDevice, false),
        '5' or 'D' => (InodeKind.Directory, false),
        '6' => (InodeKind.Fifo, false),
        'M' => throw new FormatException("it goes on from another volume; join the volumes of the archive first"),
        var other => throw new FormatException($"it is of the type '{NameText.Escape([(byte)other])}', which is not read"),
    };

    private Inode MakeInode(InodeKind kind, UnixPath target, long size, PaxFields fields)
    {
        var block = new TarBlock(_block);
        var inode = block.ReadMetadata();
        inode = inode with
        {
            Kind = kind,
            Mode = kind == InodeKind.Symlink ? 0x1ffu : inode.Mode,
            Uid = fields.Uid ?? inode.Uid,
            Gid = fields.Gid ?? inode.Gid,
            Size = (ulong)size,
            Target = target.Bytes,
            Device = kind is InodeKind.CharacterDevice or InodeKind.BlockDevice ? block.ReadDevice() : 0,
            Xattrs = fields.EncodeAttributes(),
        };
        if (!inode.HasMtime)
        {
            return inode with { MtimeSeconds = 0 };
        }

        return fields.Mtime is var (seconds, nanoseconds) ? inode with { MtimeSeconds = seconds, MtimeNanoseconds = nanoseconds } : inode;
    }

    /// <summary>What of the file stands in the archive, its whole size, and the bytes its map took from the data.</summary>
    private async ValueTask<(IReadOnlyList<TarPiece> Pieces, long RealSize, long MapBytes)> ReadPiecesAsync(
        bool isFile, PaxSparse? sparse, long dataBytes, CancellationToken cancellationToken)
    {
        if (!isFile)
        {
            return ([], 0, 0);
        }

        if (_block[156] == 'S')
        {
            var size = new TarBlock(_block).RealSize;
            return (Checked(await ReadGnuMapAsync(cancellationToken), size, dataBytes), size, 0);
        }

        if (sparse is null)
        {
            RequireFileSize(dataBytes);
            return (dataBytes == 0 ? [] : [new TarPiece(0, dataBytes)], dataBytes, 0);
        }

        var realSize = sparse.RealSize ?? throw new FormatException("it is a sparse file without a size");
        if (!sparse.MapIsInData)
        {
            return (Checked(sparse.ReadMap(), realSize, dataBytes), realSize, 0);
        }

        var begin = _input.Position;
        var map = await ReadDataMapAsync(dataBytes, cancellationToken);
        var mapBytes = _input.Position - begin;
        return (Checked(map, realSize, dataBytes - mapBytes), realSize, mapBytes);
    }

    private async ValueTask<List<TarPiece>> ReadGnuMapAsync(CancellationToken cancellationToken)
    {
        var pieces = new List<TarPiece>();
        AddGnuPieces(pieces, new TarBlock(_block).Map);
        var goesOn = new TarBlock(_block).MapGoesOn;
        for (var more = new byte[TarBlock.Size]; goesOn; goesOn = more[GnuMapPieces * 24] != 0)
        {
            if (await _input.FillAsync(more, cancellationToken) < more.Length)
            {
                throw new FormatException($"the archive is cut off at byte {_input.Position}, in its sparse map");
            }

            AddGnuPieces(pieces, more.AsSpan(0, GnuMapPieces * 24));
        }

        return pieces;
    }

    private void AddGnuPieces(List<TarPiece> pieces, ReadOnlySpan<byte> map)
    {
        for (; !map.IsEmpty && map[0] != 0; map = map[24..])
        {
            if (!TarNumber.TryRead(map[..12], out var position) || !TarNumber.TryRead(map.Slice(12, 12), out var length))
            {
                throw new FormatException("its sparse map has something that is no number");
            }

            RequireFewPieces(pieces.Count + 1);
            pieces.Add(new TarPiece(position, length));
        }
    }

    /// <summary>Form 1.0: decimal numbers, one a line, the first the count of pieces; filled up to a whole block.</summary>
    private async ValueTask<List<TarPiece>> ReadDataMapAsync(long dataBytes, CancellationToken cancellationToken)
    {
        var numbers = new List<long>();
        var line = new List<byte>();
        var block = new byte[TarBlock.Size];
        var wanted = 1L;
        while (numbers.Count < wanted)
        {
            dataBytes -= block.Length;
            if (dataBytes < 0 || await _input.FillAsync(block, cancellationToken) < block.Length)
            {
                throw new FormatException("its sparse map is longer than its data");
            }

            for (var i = 0; i < block.Length && numbers.Count < wanted; i++)
            {
                if (block[i] != (byte)'\n')
                {
                    line.Add(line.Count < 20 ? block[i] : throw new FormatException("its sparse map has something that is no number"));
                    continue;
                }

                numbers.Add(Utf8Parser.TryParse(line.ToArray(), out long number, out var used) && used == line.Count
                    ? number
                    : throw new FormatException("its sparse map has something that is no number"));
                line.Clear();
                if (numbers.Count == 1)
                {
                    RequireFewPieces(numbers[0]);
                    wanted += 2 * numbers[0];
                }
            }
        }

        var pieces = new List<TarPiece>((int)numbers[0]);
        for (var i = 1; i < numbers.Count; i += 2)
        {
            pieces.Add(new TarPiece(numbers[i], numbers[i + 1]));
        }

        return pieces;
    }

    private List<TarPiece> Checked(List<TarPiece> pieces, long realSize, long dataBytes)
    {
        RequireFileSize(realSize);
        long end = 0, data = 0;
        foreach (var (position, length) in pieces)
        {
            if (position < end || length < 0 || length > realSize - position)
            {
                throw new FormatException("the pieces of its sparse map overlap, are not in order, or lie behind its end");
            }

            end = position + length;
            data += length;
        }

        pieces.RemoveAll(static p => p.Length == 0);
        return data == dataBytes ? pieces : throw new FormatException($"its sparse map stands for {data} bytes, and {dataBytes} are stored");
    }

    private void RequireFewPieces(long count)
    {
        if (count < 0 || count > _limits.MaxSparsePieces)
        {
            throw new FormatException($"it is a sparse file of {count} pieces; at most {_limits.MaxSparsePieces} are allowed");
        }
    }

    private void RequireFileSize(long size)
    {
        if (size < 0 || size > _limits.MaxFileBytes)
        {
            throw new FormatException($"it has {size} bytes; at most {_limits.MaxFileBytes} are allowed");
        }
    }

    private static long RequireDataBytes(long size) => size is >= 0 and <= long.MaxValue - TarBlock.Size
        ? size
        : throw new FormatException($"its size {size} is impossible");

    private static int PaddingOf(long size) => (int)(-size & (TarBlock.Size - 1));
}
