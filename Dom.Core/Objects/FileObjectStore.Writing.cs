using Dom.Core.Linux;

namespace Dom.Core.Objects;

public sealed partial class FileObjectStore
{
    /// <inheritdoc/>
    public ValueTask<bool> AddAsync(ObjectId id, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        new(Add(id, content.Span));

    /// <summary>Stores a small object that is in memory as a whole.</summary>
    /// <returns>False when it was stored before.</returns>
    /// <exception cref="CorruptObjectException">The content does not have this digest.</exception>
    public bool Add(ObjectId id, ReadOnlySpan<byte> content)
    {
        if (ObjectId.Of(content) is var actual && (actual != id || id.IsNone))
        {
            throw new CorruptObjectException(id, $"the {content.Length} bytes have the digest {actual}");
        }

        if (GetSize(id) >= 0)
        {
            return false;
        }

        var name = TakeName(id, out var primary);
        try
        {
            using (var file = CreateIncoming(name))
            {
                file.Write(content);
            }

            return Commit(id, name, content.Length);
        }
        catch (IOException)
        {
            _incoming.UnlinkIfExists(name);
            throw;
        }
        finally
        {
            ReleaseName(id, primary);
        }
    }

    /// <inheritdoc/>
    public ValueTask<ObjectWriter> OpenWriteAsync(ObjectId id, long size, long resumeAtMost, CancellationToken cancellationToken)
    {
        var writer = Begin(id, size);
        try
        {
            writer.Resume(Math.Min(resumeAtMost, size), cancellationToken);
            return new(writer);
        }
        catch
        {
            writer.Release();
            throw;
        }
    }

    /// <summary>Stores a copy of a file that shares its blocks, which is read and verified. The file may be another by now.</summary>
    /// <returns>False where the file system cannot, or when the file does not have the content any more: then nothing was stored.</returns>
    public async ValueTask<bool> TryCloneAsync(ObjectId id, long size, FileHandle file, CancellationToken cancellationToken)
    {
        using var writer = Begin(id, size);
        try
        {
            return writer.TryClone(file, cancellationToken) && await writer.CommitAsync(cancellationToken);
        }
        catch (CorruptObjectException)
        {
            return false;
        }
    }

    private FileObjectWriter Begin(ObjectId id, long size)
    {
        if (id.IsNone || size <= 0)
        {
            throw new CorruptObjectException(id, $"an object of {size} bytes cannot be stored");
        }

        var name = TakeName(id, out var primary);
        try
        {
            if (primary)
            {
                _unfinished[id] = 0;
            }

            return new FileObjectWriter(this, id, size, primary ? _incoming.OpenOrCreateFile(name, FileMode) : CreateIncoming(name), name, primary);
        }
        catch
        {
            ReleaseName(id, primary);
            throw;
        }
    }

    /// <summary>Makes a committed object visible to readers; its content is complete and verified.</summary>
    internal bool Commit(ObjectId id, byte[] name, long size)
    {
        _unfinished.TryRemove(id, out _);
        if (GetSize(id) >= 0 || !_pending.TryAdd(id, new Pending(name, size)))
        {
            _incoming.UnlinkIfExists(name);
            return false;
        }

        if (Interlocked.Add(ref _unsyncedBytes, size) >= BackgroundSyncBytes)
        {
            BeginBackgroundSync();
        }

        return true;
    }

    internal void Discard(ObjectId id, byte[] name, bool primary)
    {
        _incoming.UnlinkIfExists(name);
        if (primary)
        {
            _unfinished.TryRemove(id, out _);
        }
    }

    internal void ReleaseName(ObjectId id, bool primary)
    {
        if (primary)
        {
            _writing.TryRemove(id, out _);
        }
    }

    /// <summary>
    /// The name to write under. The first writer of an object gets the one that a later writer can go on with; others that write the same
    /// object at the same time each get one of their own, and the first to commit wins.
    /// </summary>
    private byte[] TakeName(ObjectId id, out bool primary)
    {
        primary = !_pending.ContainsKey(id) && _writing.TryAdd(id, 0);
        if (primary)
        {
            var name = new byte[2 * ObjectId.Size];
            ObjectPath.WriteName(id, name);
            return name;
        }

        return System.Text.Encoding.ASCII.GetBytes($"{id}.{Interlocked.Increment(ref _nextAlternative)}");
    }

    private FileHandle CreateIncoming(byte[] name)
    {
        try
        {
            return _incoming.CreateFile(name, FileMode);
        }
        catch (LinuxException e) when (e.Error == Errno.EEXIST)
        {
            // The beginning that an earlier writer left; the whole is at hand now.
            _incoming.UnlinkIfExists(name);
            return _incoming.CreateFile(name, FileMode);
        }
    }
}
