using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub;

/// <summary>Copies contents that lie somewhere in the tree into the object store, verified: the scan may be older than the file.</summary>
internal sealed class OwnContentCopy(SubParts parts)
{
    private const int CopyBuffer = 128 * 1024;

    /// <summary>Copies those of the contents that the tree holds; returns how many there were.</summary>
    public async Task<int> CopyAsync(IReadOnlyList<NeededObject> missing, CancellationToken cancellationToken)
    {
        var snapshot = parts.Watch.Current;
        if (snapshot is null || missing.Count == 0)
        {
            return 0;
        }

        var wanted = missing.ToDictionary(needed => needed.Id, needed => needed.Size);
        var copied = 0;
        using var cursor = new DirectoryCursor(parts.Directory.Root);
        foreach (var (path, content) in OwnContents.Find(snapshot.Tree.Tree, wanted))
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var file = TryOpen(cursor, path);
            if (file is not null && await TryCopyAsync(file, content, wanted[content], cancellationToken))
            {
                copied++;
            }
        }

        await parts.Directory.Objects.SyncAsync(cancellationToken);
        return copied;
    }

    private static FileHandle? TryOpen(DirectoryCursor cursor, UnixPath path)
    {
        FileHandle? file = null;
        return cursor.TryEnterParent(path.Bytes, out var directory, out var name) == Errno.None && directory.TryOpenFile(name, out file) == Errno.None
            ? file
            : null;
    }

    private async Task<bool> TryCopyAsync(FileHandle file, ObjectId content, long size, CancellationToken cancellationToken)
    {
        if (file.GetStatus().Size != size)
        {
            return false;
        }

        if (parts.Directory.Abilities.Clones && await parts.Directory.Objects.TryCloneAsync(content, size, file, cancellationToken))
        {
            return true;
        }

        var buffer = new byte[(int)Math.Min(size, CopyBuffer)];
        using var writer = await parts.Directory.Objects.OpenWriteAsync(content, size, 0, cancellationToken);
        try
        {
            int count;
            while ((count = file.Read(buffer)) > 0)
            {
                await writer.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }

            await writer.CommitAsync(cancellationToken);
            return true;
        }
        catch (CorruptObjectException)
        {
            // The file changed since it was scanned: the content is fetched after all.
            return false;
        }
    }
}
