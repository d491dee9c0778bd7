using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub;

/// <summary>Gives the machine's tree and the contents of its files to those who make an image of it. Reads only what the scan looks at, and changes nothing.</summary>
internal sealed class SnapshotService(SubParts parts)
{
    private const int PageBytes = 1 << 20;
    private const int MaxReaders = 8;

    private int _readers;

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.MapServerStream(SubdMethods.GetSnapshot, (_, _, cancellationToken) => ReadTreeAsync(cancellationToken));
        router.MapServerStream(SubdMethods.GetFiles, ReadFilesAsync);
    }

    private MachineTree RequireTree() => parts.Watch.Current?.Tree
        ?? throw new RpcException(RpcStatus.Unavailable, "the first scan of the machine is not complete", "NotReady", retryable: true);

    private async IAsyncEnumerable<SnapshotPage> ReadTreeAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var machine = RequireTree();
        RequireContents(machine);
        var tree = machine.Tree;
        var seen = new HashSet<ObjectId> { tree.Root };
        var open = new Stack<ObjectId>([tree.Root]);
        var below = new List<ObjectId>();
        var page = new List<byte[]>();
        var bytes = 0;
        while (open.TryPop(out var digest))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var block = tree.Blocks.Get(digest);
            page.Add(block.Bytes.ToArray());
            bytes += block.Bytes.Length;
            below.Clear();
            BlockReferences.Read(block, below, objects: null);
            foreach (var id in below)
            {
                if (seen.Add(id))
                {
                    open.Push(id);
                }
            }

            if (bytes >= PageBytes || open.Count == 0)
            {
                yield return new SnapshotPage { Root = tree.Root, Blocks = page };
                page = [];
                bytes = 0;
            }
        }
    }

    private void RequireContents(MachineTree tree)
    {
        if (tree.Counts.Unread > 0)
        {
            parts.Watch.AwaitEverything();
            var first = tree.ListUnread(1)[0];
            throw new RpcException(
                RpcStatus.Unavailable,
                $"{tree.Counts.Unread} large files have not been read yet, the first of them '{first.Path}' ({first.Size} bytes); they are being read now: try again, or exclude them from scans",
                "NotReady",
                retryable: true);
        }
    }

    private async IAsyncEnumerable<ObjectChunk> ReadFilesAsync(GetFilesRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        call.SetAudit(request.Files.Count == 1 ? request.Files[0].Path.ToString() : $"{request.Files.Count} files", "contents were read");
        if (request.Files.Count > GetFilesRequest.MaxFiles)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"one call may name {GetFilesRequest.MaxFiles} files; this one names {request.Files.Count}", RpcErrorCode.TooLarge);
        }

        try
        {
            if (Interlocked.Increment(ref _readers) > MaxReaders)
            {
                throw new RpcException(RpcStatus.ResourceExhausted, $"{MaxReaders} others read files of this machine already", "Busy", retryable: true);
            }

            var tree = RequireTree().Tree;
            var buffer = new byte[ObjectChunk.MaxBytes];
            foreach (var reference in request.Files)
            {
                var size = RequireRecorded(tree, reference);
                using var file = Open(reference, size);
                for (long offset = 0; offset < size;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var count = Read(file, reference, offset, buffer.AsSpan(0, (int)Math.Min(buffer.Length, size - offset)));
                    yield return new ObjectChunk { Id = reference.Content, Size = size, Offset = offset, Data = buffer.AsMemory(0, count) };
                    offset += count;
                }
            }
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    /// <summary>Only files that stand in the tree are read: nothing that is excluded from scans, mounted over, or the sub's own.</summary>
    private static long RequireRecorded(FileTree tree, FileReference reference)
    {
        var inode = reference.Path.IsAbsolute ? tree.Find(reference.Path) : default;
        return inode.Kind == InodeKind.Regular && inode.Content == reference.Content && !reference.Content.IsNone && !inode.IsUnread
            ? (long)inode.Size
            : throw Changed(reference, "is not in the machine's tree with this content (any more)");
    }

    private FileHandle Open(FileReference reference, long size)
    {
        FileHandle? file = null;
        try
        {
            using var directory = parts.Directory.Root.OpenBelow(reference.Path.Parent.Span.TrimStart((byte)'/'));
            file = directory.OpenFile(reference.Path.Name);
            return file.GetStatus().Size == size ? file : throw Changed(reference, "changed");
        }
        catch (Exception e)
        {
            file?.Dispose();
            throw e is LinuxException { IsNotFound: true } ? Changed(reference, "was removed") : e is LinuxException ? Unreadable(e) : e;
        }
    }

    private static int Read(FileHandle file, FileReference reference, long offset, Span<byte> buffer)
    {
        var error = file.TryReadAt(offset, buffer, out var count);
        return error != Errno.None ? throw Unreadable(new LinuxException(error, "read", reference.Path.ToString()))
            : count > 0 ? count
            : throw Changed(reference, "became shorter");
    }

    private static RpcException Changed(FileReference reference, string what) =>
        new(RpcStatus.Conflict, $"'{reference.Path}' {what}", ImageErrorCode.FileChanged);

    private static RpcException Unreadable(Exception fault) => new(RpcStatus.Internal, fault.Message, "Unreadable", retryable: false, fault);
}
