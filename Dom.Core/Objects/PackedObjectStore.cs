using Dom.Core.Linux;
using Dom.Core.Objects.Packs;

namespace Dom.Core.Objects;

/// <summary>Objects of an archive: large ones as files, small ones, when many come at once, in packs of up to 1 GiB.</summary>
/// <remarks>
/// Making a file costs the kernel more than writing 20 KiB into one that is open: 50,000 small objects in a pack take a quarter of the time. The
/// first few objects after each sync become files nevertheless, so that a small upload does not make a pack of its own. Files that an earlier
/// version stored are read as before. What is in packs is looked up without loading an index: see <see cref="PackFile"/>.
/// </remarks>
public sealed class PackedObjectStore : IObjectStore, IAsyncDisposable
{
    /// <summary>A larger object is always a file.</summary>
    public const int MaxPackedBytes = 256 * 1024;

    /// <summary>So many objects after each sync become files before a pack is begun.</summary>
    public const int FilesFirst = 64;

    private readonly FileObjectStore _files;
    private readonly PackDirectory _packs;
    private int _sinceSync;

    private PackedObjectStore(FileObjectStore files, PackDirectory packs)
    {
        _files = files;
        _packs = packs;
    }

    /// <summary>Where the store is, for people.</summary>
    public string Location => _files.Location;

    /// <summary>Packs that could not be used when the store was opened, and why; what they hold counts as missing.</summary>
    public IReadOnlyList<(string Name, string Fault)> DamagedPacks => _packs.Damaged;

    /// <summary>Packs in use.</summary>
    public int PackCount => _packs.Packs.Count;

    /// <summary>Opens the store in a directory, making the directory (mode 0700) when it is not there.</summary>
    /// <param name="path">The directory; what stands above it must exist.</param>
    /// <param name="keepPartialsSince">Unfinished files last written before this time are removed.</param>
    public static PackedObjectStore Open(string path, DateTimeOffset keepPartialsSince)
    {
        var files = FileObjectStore.Open(path, keepPartialsSince);
        try
        {
            using var directory = DirectoryHandle.Open(path);
            return new PackedObjectStore(files, PackDirectory.Open(directory.OpenOrMakeDirectory("packs"u8, 0x1c0 /* 0700 */)));
        }
        catch
        {
            _ = files.DisposeAsync().AsTask();
            throw;
        }
    }

    /// <summary>Size and free space of the file system the store is on.</summary>
    public FileSystemStatus GetFileSystemStatus() => _files.GetFileSystemStatus();

    /// <summary>Bytes of a stored object; -1 when it is not stored.</summary>
    public long GetSize(ObjectId id) => _packs.GetSize(id) is var size and >= 0 ? size : _files.GetSize(id);

    /// <inheritdoc/>
    public ValueTask<long> GetSizeAsync(ObjectId id, CancellationToken cancellationToken) => new(GetSize(id));

    /// <summary>Bytes of an object that is not complete: left by an earlier writer, or written so far by one at work. 0 when there are none.</summary>
    public long GetPartialSize(ObjectId id) => _files.GetPartialSize(id);

    /// <summary>Whether a writer is at work on an object: nobody can go on with it yet.</summary>
    public bool IsBeingWritten(ObjectId id) => _files.IsBeingWritten(id);

    /// <inheritdoc/>
    public ValueTask<ObjectReader> OpenReadAsync(ObjectId id, long offset, CancellationToken cancellationToken) =>
        _packs.TryOpen(id, offset) is { } reader ? new(reader) : _files.OpenReadAsync(id, offset, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(ObjectId id, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        if (content.Length > MaxPackedBytes || Interlocked.Increment(ref _sinceSync) <= FilesFirst)
        {
            return _packs.GetSize(id) >= 0 ? new(false) : _files.AddAsync(id, content, cancellationToken);
        }

        if (ObjectId.Of(content.Span) is var actual && (actual != id || id.IsNone))
        {
            throw new CorruptObjectException(id, $"the {content.Length} bytes have the digest {actual}");
        }

        return GetSize(id) >= 0 ? new(false) : _packs.AddAsync(id, content, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<ObjectWriter> OpenWriteAsync(ObjectId id, long size, long resumeAtMost, CancellationToken cancellationToken) =>
        _files.OpenWriteAsync(id, size, resumeAtMost, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ObjectId id, CancellationToken cancellationToken) => new(Remove(id));

    /// <summary>Removes an object. False when it was not there.</summary>
    public bool Remove(ObjectId id) => _packs.Remove(id) | _files.Remove(id);

    /// <summary>Reads a whole small object, not verified; throws <see cref="CorruptObjectException"/> when it is larger than allowed.</summary>
    public byte[] ReadAll(ObjectId id, int maxBytes)
    {
        if (_packs.TryRead(id) is not { } bytes)
        {
            return _files.ReadAll(id, maxBytes);
        }

        return bytes.Length <= maxBytes ? bytes : throw new CorruptObjectException(id, $"it has {bytes.Length} bytes, at most {maxBytes} are allowed");
    }

    /// <summary>Takes an object out of the store and keeps its bytes, whatever they are, as a file elsewhere.</summary>
    /// <returns>False when it is not stored.</returns>
    public bool MoveTo(ObjectId id, DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        if (_packs.TryRead(id) is not { } bytes)
        {
            return _files.MoveTo(id, directory, name);
        }

        directory.UnlinkIfExists(name);
        using (var file = directory.CreateFile(name, 0x180 /* 0600 */))
        {
            file.Write(bytes);
        }

        _packs.Remove(id);
        return true;
    }

    /// <summary>Lets the next reading of an object come from the disk and not from memory.</summary>
    public void DropFromCache(ObjectId id)
    {
        if (_packs.GetSize(id) >= 0)
        {
            _packs.DropFromCache(id);
        }
        else if (_files.GetSize(id) >= 0)
        {
            using var file = _files.OpenFile(id);
            file.Advise(FileAdvice.DontNeed);
        }
    }

    /// <summary>The durable objects, without order; one that is stored twice may be named twice.</summary>
    public IEnumerable<StoredObject> List()
    {
        foreach (var pack in _packs.Packs)
        {
            foreach (var entry in pack.Entries())
            {
                if (!entry.IsRemoved)
                {
                    yield return new StoredObject(entry.Id, entry.Size, pack.FinishedOn);
                }
            }
        }

        foreach (var file in _files.List())
        {
            yield return file;
        }
    }

    /// <summary>Gives the space of removed objects back: rewrites packs that are mostly empty, and many small packs into few.</summary>
    /// <param name="corrupt">Called for an object whose bytes are wrong.</param>
    /// <param name="cancellationToken">Ends it; nothing is lost.</param>
    /// <returns>Packs that were replaced.</returns>
    public Task<int> CompactAsync(Action<CorruptObjectException> corrupt, CancellationToken cancellationToken) =>
        PackCompaction.RunAsync(_packs, corrupt, cancellationToken);

    /// <inheritdoc/>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        Interlocked.Exchange(ref _sinceSync, 0);
        await Task.WhenAll(_packs.SyncAsync(cancellationToken), _files.SyncAsync(cancellationToken));
    }

    /// <summary>Closes the store. Objects that were not synced are lost for the next process.</summary>
    public async ValueTask DisposeAsync()
    {
        await _packs.DisposeAsync();
        await _files.DisposeAsync();
    }
}
