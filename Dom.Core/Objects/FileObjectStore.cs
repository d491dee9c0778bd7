using System.Collections.Concurrent;
using Dom.Core.Linux;

namespace Dom.Core.Objects;

/// <summary>Objects as files of a directory: <c>aa/rest-of-the-digest</c>, as git and OSTree lay them out.</summary>
/// <remarks>
/// <para>
/// An object is written below <c>incoming/</c>, hashed meanwhile. A committed one stays there, readable, until <see cref="SyncAsync"/> has made the
/// contents of all of them durable with one <c>syncfs</c>, renames them to their places and makes the names durable with another. So no power
/// failure leaves a file with the right name and wrong bytes, and 50,000 small files cost no <c>fsync</c> each.
/// </para>
/// <para>
/// An unfinished file in <c>incoming/</c> belongs to a writer that was cut off; the next writer of the same object goes on with it.
/// One process at a time uses a store: it holds a lock on the directory.
/// </para>
/// </remarks>
public sealed partial class FileObjectStore : IObjectStore, IAsyncDisposable
{
    /// <summary>A shorter beginning of an object is not worth being kept for a later writer.</summary>
    public const int MinPartial = 64 * 1024;

    private const uint DirectoryMode = 0x1c0; // 0700
    private const uint FileMode = 0x180; // 0600

    /// <summary>Bytes committed but not synced at which a sync begins in the background, so that the last one has little left to do.</summary>
    private const long BackgroundSyncBytes = 64L << 20;

    private readonly DirectoryHandle _root;
    private readonly DirectoryHandle _incoming;
    private readonly ConcurrentDictionary<ObjectId, Pending> _pending = new();
    private readonly ConcurrentDictionary<ObjectId, byte> _writing = new();
    private readonly ConcurrentDictionary<ObjectId, byte> _unfinished = new();
    private readonly SemaphoreSlim _syncing = new(1);
    private long _unsyncedBytes;
    private int _nextAlternative;
    private IOException? _backgroundFailure;

    private FileObjectStore(DirectoryHandle root, DirectoryHandle incoming)
    {
        _root = root;
        _incoming = incoming;
    }

    /// <summary>Opens the store in a directory, making the directory (mode 0700) when it is not there.</summary>
    /// <param name="path">The directory; what stands above it must exist.</param>
    /// <param name="keepPartialsSince">Unfinished files last written before this time are removed.</param>
    public static FileObjectStore Open(string path, DateTimeOffset keepPartialsSince)
    {
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return Open(DirectoryHandle.Open(path), keepPartialsSince);
    }

    /// <summary>Opens the store in an open directory, which it closes when disposed.</summary>
    /// <param name="directory">The directory.</param>
    /// <param name="keepPartialsSince">Unfinished files last written before this time are removed.</param>
    public static FileObjectStore Open(DirectoryHandle directory, DateTimeOffset keepPartialsSince)
    {
        DirectoryHandle? incoming = null;
        try
        {
            if (!directory.TryLock(exclusive: true))
            {
                throw new IOException($"the store '{directory.DescribePath()}' is used by another process; stop it first, or use another directory");
            }

            incoming = directory.OpenOrMakeDirectory("incoming"u8, DirectoryMode);
            var store = new FileObjectStore(directory, incoming);
            store.CleanIncoming(FileTime.From(keepPartialsSince));
            return store;
        }
        catch
        {
            incoming?.Dispose();
            directory.Dispose();
            throw;
        }
    }

    /// <summary>Where the store is, for people.</summary>
    public string Location => _root.DescribePath();

    /// <summary>Size and free space of the file system the store is on.</summary>
    public FileSystemStatus GetFileSystemStatus() => _root.GetFileSystemStatus();

    /// <summary>Bytes of a stored object; -1 when it is not stored.</summary>
    public long GetSize(ObjectId id)
    {
        if (_pending.TryGetValue(id, out var pending))
        {
            return pending.Size;
        }

        Span<byte> path = stackalloc byte[ObjectPath.Length];
        ObjectPath.Write(id, path);
        return _root.TryGetStatus(path, out var status) switch
        {
            Errno.None => status.Size,
            Errno.ENOENT => -1,
            var error => throw new LinuxException(error, "read the status of", Describe(path)),
        };
    }

    /// <inheritdoc/>
    public ValueTask<long> GetSizeAsync(ObjectId id, CancellationToken cancellationToken) => new(GetSize(id));

    /// <summary>Bytes of an object that is not complete: left by an earlier writer, or written so far by one at work. 0 when there are none.</summary>
    public long GetPartialSize(ObjectId id)
    {
        // Most objects that are asked for have none; they cost no system call.
        if (!_unfinished.ContainsKey(id) || _pending.ContainsKey(id))
        {
            return 0;
        }

        Span<byte> name = stackalloc byte[2 * ObjectId.Size];
        ObjectPath.WriteName(id, name);
        return _incoming.TryGetStatus(name, out var status) == Errno.None ? status.Size : 0;
    }

    /// <summary>Bytes of the blocks such a beginning has, those reserved for its rest included.</summary>
    public long GetPartialBlocks(ObjectId id)
    {
        const int unit = 512;
        if (!_unfinished.ContainsKey(id))
        {
            return 0;
        }

        Span<byte> name = stackalloc byte[2 * ObjectId.Size];
        ObjectPath.WriteName(id, name);
        return _incoming.TryGetStatus(name, out var status) == Errno.None ? status.Blocks * unit : 0;
    }

    /// <summary>Whether a writer is at work on an object: nobody can go on with it yet.</summary>
    public bool IsBeingWritten(ObjectId id) => _writing.ContainsKey(id);

    /// <summary>Opens an object for reading from the start; throws <see cref="ObjectNotFoundException"/>.</summary>
    public FileHandle OpenFile(ObjectId id)
    {
        Span<byte> path = stackalloc byte[ObjectPath.Length];
        ObjectPath.Write(id, path);
        var error = _root.TryOpenFile(path, out var file);
        if (error == Errno.ENOENT && _pending.TryGetValue(id, out var pending))
        {
            error = _incoming.TryOpenFile(pending.Name, out file);
            if (error == Errno.ENOENT)
            {
                // A sync gave it its final name between the two tries.
                error = _root.TryOpenFile(path, out file);
            }
        }

        return error switch
        {
            Errno.None => file!,
            Errno.ENOENT => throw new ObjectNotFoundException(id, Location),
            _ => throw new LinuxException(error, "open", Describe(path)),
        };
    }

    /// <inheritdoc/>
    public ValueTask<ObjectReader> OpenReadAsync(ObjectId id, long offset, CancellationToken cancellationToken)
    {
        var file = OpenFile(id);
        try
        {
            return new(new FileObjectReader(file, file.GetStatus().Size, offset));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a whole small object, not verified; throws <see cref="CorruptObjectException"/> when it is larger than allowed.</summary>
    public byte[] ReadAll(ObjectId id, int maxBytes)
    {
        using var file = OpenFile(id);
        var size = file.GetStatus().Size;
        if (size > maxBytes)
        {
            throw new CorruptObjectException(id, $"it has {size} bytes, at most {maxBytes} are allowed");
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)size);
        var filled = 0;
        while (filled < bytes.Length && file.Read(bytes.AsSpan(filled)) is var read and > 0)
        {
            filled += read;
        }

        return filled == bytes.Length ? bytes : throw new CorruptObjectException(id, $"it ends after {filled} of {size} bytes");
    }

    /// <summary>Takes an object out of the store by renaming its file, when the store is a stage and not an archive.</summary>
    /// <returns>False when it is not stored.</returns>
    public bool MoveTo(ObjectId id, DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        Span<byte> path = stackalloc byte[ObjectPath.Length];
        ObjectPath.Write(id, path);
        var error = _pending.TryRemove(id, out var pending)
            ? _incoming.TryRename(pending.Name, directory, name, RenameMode.Replace)
            : Errno.ENOENT;
        if (error == Errno.ENOENT)
        {
            error = _root.TryRename(path, directory, name, RenameMode.Replace);
        }

        return error is Errno.None or Errno.ENOENT
            ? error == Errno.None
            : throw new LinuxException(error, "move", Describe(path));
    }

    /// <inheritdoc/>
    public ValueTask<bool> RemoveAsync(ObjectId id, CancellationToken cancellationToken) => new(Remove(id));

    /// <summary>Removes an object. False when it was not there.</summary>
    public bool Remove(ObjectId id)
    {
        Span<byte> path = stackalloc byte[ObjectPath.Length];
        ObjectPath.Write(id, path);
        return (_pending.TryRemove(id, out var pending) && _incoming.UnlinkIfExists(pending.Name)) | _root.UnlinkIfExists(path);
    }

    /// <summary>Closes the store. Objects that were not synced are lost for the next process, except that long ones are gone on with.</summary>
    public async ValueTask DisposeAsync()
    {
        await _syncing.WaitAsync();
        _syncing.Dispose();
        _incoming.Dispose();
        _root.Dispose();
    }

    private string Describe(ReadOnlySpan<byte> name) => $"{Location}/{NameText.Escape(name)}";

    /// <summary>Removes what no writer can go on with: a new process has none, so all that is here was left by a dead one.</summary>
    private void CleanIncoming(FileTime keepSince)
    {
        foreach (var text in ReadNames(_incoming))
        {
            var name = System.Text.Encoding.Latin1.GetBytes(text);
            var useful = ObjectId.TryParse(text, out var id)
                && _incoming.TryGetStatus(name, out var status) == Errno.None
                && status.Size >= MinPartial
                && status.ModificationTime >= keepSince;
            if (!useful)
            {
                _incoming.UnlinkIfExists(name);
            }
            else
            {
                _unfinished[id] = 0;
            }
        }
    }

    private sealed record Pending(byte[] Name, long Size);
}
