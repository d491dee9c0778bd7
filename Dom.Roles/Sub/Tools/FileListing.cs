using System.Runtime.CompilerServices;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Rpc;
using Dom.Core.Trees;

namespace Dom.Roles.Sub.Tools;

/// <summary>Lists paths of the machine as the newest scan has them, page by page; the tree is not copied.</summary>
internal sealed class FileListing(SubParts parts)
{
    private const int EntriesPerPage = 1000;
    private const int BytesPerPage = 1 << 20;

    /// <summary>Each keeps a snapshot in memory as long as it reads.</summary>
    private const int MaxReaders = 8;

    private int _readers;

    /// <summary>Reads the pages.</summary>
    public async IAsyncEnumerable<FilesPage> ReadAsync(ListFilesRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        try
        {
            if (Interlocked.Increment(ref _readers) > MaxReaders)
            {
                throw new RpcException(RpcStatus.ResourceExhausted, $"{MaxReaders} others list files of this machine already", "Busy", retryable: true);
            }

            var page = new List<FileEntry>();
            long bytes = 0;
            foreach (var entry in List(request))
            {
                cancellationToken.ThrowIfCancellationRequested();
                page.Add(entry);
                bytes += entry.Path.Length + entry.Inode.Target.Length + (entry.Inode.Xattrs?.Length ?? 0);
                if (page.Count == EntriesPerPage || bytes >= BytesPerPage)
                {
                    yield return new FilesPage { Entries = page };
                    (page, bytes) = ([], 0);
                }
            }

            if (page.Count > 0)
            {
                yield return new FilesPage { Entries = page };
            }
        }
        finally
        {
            Interlocked.Decrement(ref _readers);
        }
    }

    private IEnumerable<FileEntry> List(ListFilesRequest request)
    {
        var tree = (parts.Watch.Current ?? throw new RpcException(RpcStatus.Unavailable, "the first scan of the machine is not complete", "NotReady", retryable: true)).Tree.Tree;
        var path = request.Path.IsAbsolute ? Trimmed(request.Path) : throw new RpcException(RpcStatus.InvalidArgument, $"'{request.Path}' is no absolute path", "BadPath");
        var inode = tree.Find(path);
        if (inode.Kind == InodeKind.None)
        {
            throw new RpcException(RpcStatus.NotFound, $"the sub knows no '{path}': it is not there, or excluded from scans", "NoSuchFile");
        }

        var open = new Stack<(UnixPath Path, Inode Inode, int Depth)>([(path, inode, 0)]);
        while (open.TryPop(out var at))
        {
            yield return new FileEntry { Path = at.Path, Inode = InodeFacts.Of(at.Inode)!, IsUnread = at.Inode.IsUnread };
            if (at.Inode.Kind != InodeKind.Directory || at.Inode.Content.IsNone || (request.Depth >= 0 && at.Depth >= request.Depth))
            {
                continue;
            }

            foreach (var entry in DirectoryContents.Read(tree.Blocks, at.Inode.Content).AsEnumerable().Reverse())
            {
                open.Push((at.Path.Join(entry.Name.Span), entry.ReadInode(), at.Depth + 1));
            }
        }
    }

    private static UnixPath Trimmed(UnixPath path)
    {
        var bytes = path.Bytes;
        while (bytes.Length > 1 && bytes.Span[^1] == '/')
        {
            bytes = bytes[..^1];
        }

        return new UnixPath(bytes);
    }
}
