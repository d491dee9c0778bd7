using System.Security.Cryptography;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Archives;

/// <summary>The contents of the files of an archive by digest, to be read again in any order after the archive was read once.</summary>
/// <remarks>
/// Of an uncompressed archive in a file nothing is copied: the contents are read where they stand. Of any other they are copied once each into a file
/// without a name in a directory for temporary files; zeros take no space there, and it is gone when this process ends, however it ends. Reading is safe for many threads.
/// </remarks>
public sealed class ArchiveContents : IDisposable
{
    private const int BufferSize = 256 * 1024;

    // Shorter runs of zeros are written: a hole saves whole blocks only.
    private const int HoleBytes = 4096;

    // 24 bytes of memory each.
    private const int MaxPieces = 8 << 20;

    private readonly FileHandle _file;
    private readonly bool _isArchive;
    private readonly Dictionary<ObjectId, ContentPiece[]> _places = [];
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _end;
    private long _pieces;

    private ArchiveContents(FileHandle file, bool isArchive) => (_file, _isArchive) = (file, isArchive);

    /// <summary>Bytes copied so far, zeros not counted.</summary>
    public long CopiedBytes { get; private set; }

    /// <summary>Contents that stay where they stand in an uncompressed archive.</summary>
    public static ArchiveContents InArchive(FileHandle archive) => new(archive, isArchive: true);

    /// <summary>Contents that are copied into a file without a name.</summary>
    /// <param name="directory">A directory with room for them.</param>
    /// <exception cref="LinuxException">No file can be made there.</exception>
    public static ArchiveContents Copied(string directory)
    {
        using var parent = DirectoryHandle.Open(directory);
        return new ArchiveContents(CreateUnnamed(parent), isArchive: false);
    }

    /// <summary>True when the content is here.</summary>
    public bool Contains(ObjectId id) => _places.ContainsKey(id);

    /// <summary>Copies an object that comes from elsewhere, unless it is here already.</summary>
    /// <exception cref="CorruptObjectException">Other bytes came than its digest says.</exception>
    public async Task AddAsync(ObjectReference reference, IAsyncEnumerable<ReadOnlyMemory<byte>> content, CancellationToken cancellationToken)
    {
        if (_isArchive || reference.Id.IsNone)
        {
            throw new InvalidOperationException("only copied contents take more, and none that is empty");
        }

        if (Contains(reference.Id))
        {
            return;
        }

        var begin = _end;
        var pieces = new List<ContentPiece>();
        var position = 0L;
        await foreach (var bytes in content.WithCancellation(cancellationToken))
        {
            _hash.AppendData(bytes.Span);
            Copy(bytes.Span, position, pieces);
            position += bytes.Length;
        }

        if (FinishHash() is var actual && actual != reference.Id)
        {
            _end = begin;
            throw new CorruptObjectException(reference.Id, $"{position} bytes with the digest {actual} came");
        }

        CopiedBytes += _end - begin;
        _pieces += pieces.Count;
        _places.Add(reference.Id, [.. pieces]);
    }

    /// <summary>Reads from an object at a position; fewer bytes than asked for only at its end or a fault of the file.</summary>
    public Errno TryReadAt(ObjectId id, long position, Span<byte> buffer, out int count)
    {
        count = 0;
        if (!_places.TryGetValue(id, out var pieces))
        {
            return Errno.ENOENT;
        }

        buffer.Clear();
        foreach (var piece in pieces)
        {
            var from = Math.Max(piece.Position, position);
            var to = Math.Min(piece.Position + piece.Length, position + buffer.Length);
            while (from < to)
            {
                var error = _file.TryReadAt(piece.Offset + (from - piece.Position), buffer[(int)(from - position)..(int)(to - position)], out var read);
                if (error != Errno.None || read == 0)
                {
                    return error;
                }

                from += read;
            }
        }

        count = buffer.Length;
        return Errno.None;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _hash.Dispose();
        _file.Dispose();
    }

    /// <summary>Takes the content of the entry that was read last; returns its digest.</summary>
    internal async ValueTask<ObjectId> TakeAsync(TarReader reader, TarEntry entry, CancellationToken cancellationToken)
    {
        var size = (long)entry.Inode.Size;
        if (size == 0)
        {
            return default;
        }

        var begin = _end;
        var pieces = new List<ContentPiece>();
        var id = size <= BufferSize ? await TakeWholeAsync(reader, (int)size, pieces, cancellationToken) : await TakeLongAsync(reader, size, pieces, cancellationToken);
        if (Contains(id))
        {
            _end = begin;
            return id;
        }

        ContentPiece[] places = _isArchive ? PlacesOf(entry) : [.. pieces];
        _pieces += places.Length;
        if (_pieces > MaxPieces)
        {
            throw entry.Fault($"with it the sparse files of the archive have more than {MaxPieces} pieces; push it from standard input with '-', which copies the contents");
        }

        CopiedBytes += _end - begin;
        _places.Add(id, places);
        return id;
    }

    /// <summary>A file that fits into the buffer is copied only when its content is new.</summary>
    private async ValueTask<ObjectId> TakeWholeAsync(TarReader reader, int size, List<ContentPiece> pieces, CancellationToken cancellationToken)
    {
        await FillAsync(reader, size, cancellationToken);
        var id = ObjectId.Of(_buffer.AsSpan(0, size));
        if (!Contains(id))
        {
            Copy(_buffer.AsSpan(0, size), 0, pieces);
        }

        return id;
    }

    private async ValueTask<ObjectId> TakeLongAsync(TarReader reader, long size, List<ContentPiece> pieces, CancellationToken cancellationToken)
    {
        for (var position = 0L; position < size;)
        {
            var count = (int)Math.Min(BufferSize, size - position);
            await FillAsync(reader, count, cancellationToken);
            _hash.AppendData(_buffer, 0, count);
            Copy(_buffer.AsSpan(0, count), position, pieces);
            position += count;
        }

        return FinishHash();
    }

    private async ValueTask FillAsync(TarReader reader, int want, CancellationToken cancellationToken)
    {
        for (var filled = 0; filled < want;)
        {
            filled += await reader.ReadContentAsync(_buffer.AsMemory(filled, want - filled), cancellationToken);
        }
    }

    private ObjectId FinishHash()
    {
        Span<byte> digest = stackalloc byte[ObjectId.Size];
        _hash.GetHashAndReset(digest);
        return new ObjectId(digest);
    }

    /// <summary>Appends bytes to the file, leaving out long runs of zeros.</summary>
    private void Copy(ReadOnlySpan<byte> bytes, long position, List<ContentPiece> pieces)
    {
        if (_isArchive)
        {
            return;
        }

        if (_pieces + pieces.Count > MaxPieces / 2)
        {
            // Too many holes to remember: from here on zeros are written.
            Append(bytes, position, pieces);
            return;
        }

        for (var start = 0; start < bytes.Length; start += HoleBytes)
        {
            var part = bytes.Slice(start, Math.Min(HoleBytes, bytes.Length - start));
            if (part.ContainsAnyExcept((byte)0))
            {
                var end = start;
                do
                {
                    end = Math.Min(end + HoleBytes, bytes.Length);
                }
                while (end < bytes.Length && bytes[end..Math.Min(end + HoleBytes, bytes.Length)].ContainsAnyExcept((byte)0));
                Append(bytes[start..end], position + start, pieces);
                start = end;
            }
        }
    }

    private void Append(ReadOnlySpan<byte> bytes, long position, List<ContentPiece> pieces)
    {
        _file.WriteAt(_end, bytes);
        if (pieces.Count > 0 && pieces[^1] is var last && last.Position + last.Length == position && last.Offset + last.Length == _end)
        {
            pieces[^1] = last with { Length = last.Length + bytes.Length };
        }
        else
        {
            pieces.Add(new ContentPiece(position, bytes.Length, _end));
        }

        _end += bytes.Length;
    }

    private static ContentPiece[] PlacesOf(TarEntry entry)
    {
        var offset = entry.DataOffset;
        var places = new ContentPiece[entry.Pieces.Count];
        for (var i = 0; i < places.Length; i++)
        {
            places[i] = new ContentPiece(entry.Pieces[i].Position, entry.Pieces[i].Length, offset);
            offset += entry.Pieces[i].Length;
        }

        return places;
    }

    private static FileHandle CreateUnnamed(DirectoryHandle directory)
    {
        const uint mode = 0x180; // 0600
        try
        {
            return directory.CreateUnnamedFile(mode);
        }
        catch (LinuxException e) when (e.Error is Errno.EOPNOTSUPP or Errno.EISDIR)
        {
            // A file system without unnamed files: the name goes at once.
            var name = System.Text.Encoding.ASCII.GetBytes($".dom-contents-{Guid.NewGuid():N}");
            var file = directory.CreateFile(name, mode);
            directory.UnlinkIfExists(name);
            return file;
        }
    }
}
