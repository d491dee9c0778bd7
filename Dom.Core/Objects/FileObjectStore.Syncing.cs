using System.Runtime.ExceptionServices;
using Dom.Core.Linux;

namespace Dom.Core.Objects;

public sealed partial class FileObjectStore
{
    /// <inheritdoc/>
    /// <exception cref="LinuxException">
    /// The disk did not take the bytes. Every object since the last sync is dropped: what the kernel still shows of it may be lost.
    /// </exception>
    public async Task SyncAsync(CancellationToken cancellationToken)
    {
        await _syncing.WaitAsync(cancellationToken);
        try
        {
            // The kernel reports a failed write once; one that a background sync met belongs to this batch.
            if (Interlocked.Exchange(ref _backgroundFailure, null) is { } failure)
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            await Task.Run(PublishPending, cancellationToken);
        }
        finally
        {
            _syncing.Release();
        }
    }

    private void PublishPending()
    {
        Interlocked.Exchange(ref _unsyncedBytes, 0);
        var batch = _pending.ToArray();
        if (batch.Length == 0)
        {
            return;
        }

        try
        {
            _root.SyncFileSystem();
            foreach (var (id, pending) in batch)
            {
                Publish(id, pending.Name);
            }

            _root.SyncFileSystem();
        }
        catch (IOException)
        {
            foreach (var entry in batch)
            {
                Remove(entry.Key);
            }

            throw;
        }

        foreach (var entry in batch)
        {
            _pending.TryRemove(entry);
        }
    }

    private void Publish(ObjectId id, byte[] name)
    {
        Span<byte> path = stackalloc byte[ObjectPath.Length];
        ObjectPath.Write(id, path);
        var error = _incoming.TryRename(name, _root, path, RenameMode.Replace);
        if (error == Errno.ENOENT && !_root.Exists(path[..2]))
        {
            _root.OpenOrMakeDirectory(path[..2], DirectoryMode).Dispose();
            error = _incoming.TryRename(name, _root, path, RenameMode.Replace);
        }

        // ENOENT: the object was moved out or removed since the batch was taken.
        if (error is not (Errno.None or Errno.ENOENT))
        {
            throw new LinuxException(error, "rename", Describe(name));
        }
    }

    private void BeginBackgroundSync()
    {
        if (_syncing.Wait(0, CancellationToken.None))
        {
            _ = Task.Run(SyncInBackground);
        }
    }

    private void SyncInBackground()
    {
        try
        {
            PublishPending();
        }
        catch (IOException e)
        {
            _backgroundFailure = e;
        }
        finally
        {
            _syncing.Release();
        }
    }
}
