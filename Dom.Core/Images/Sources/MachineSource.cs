using System.Runtime.CompilerServices;
using Dom.Core.Archives;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;

namespace Dom.Core.Images.Sources;

/// <summary>A machine with a sub: an image of what it is now, under a filter.</summary>
/// <remarks>Only contents that the image server lacks are read, and copied into a file without a name, verified. What changes meanwhile is looked at again.</remarks>
/// <param name="sub">The way to the sub.</param>
/// <param name="host">Its name, for messages.</param>
/// <param name="temporary">A directory with room for the contents.</param>
public sealed class MachineSource(RpcChannel sub, string host, string temporary) : PushSource
{
    private const int IdsPerCall = 10_000;
    private const int MaxListed = 1000;
    private const long MaxTreeBytes = 2L << 30;

    /// <summary>A sub that looks at its files every few seconds has to see a change before its tree says so.</summary>
    private static readonly TimeSpan PauseAfterChange = TimeSpan.FromSeconds(3);

    private ArchiveContents? _contents;

    /// <inheritdoc/>
    public override string Description => $"machine {host}";

    internal override async Task<SourceTree> ReadAsync(PushContext context, bool changed, CancellationToken cancellationToken)
    {
        if (changed)
        {
            await Task.Delay(PauseAfterChange, context.Time, cancellationToken);
        }

        var snapshot = context.Lay(await FetchTreeAsync(cancellationToken), cancellationToken);
        var hidden = new List<LeftOut>();
        FindHidden(snapshot, snapshot.ReadRoot().Directory.Content, UnixPath.Root, hidden);
        var image = ImageTree.Of(snapshot, owner: null, cancellationToken);
        var contents = _contents ??= ArchiveContents.Copied(temporary);
        await FetchContentsAsync(context, image, contents, cancellationToken);
        return new SourceTree(image.Tree, [.. hidden, .. image.LeftOut], () => new ArchiveContentReader(contents));
    }

    private protected override ValueTask DisposeCoreAsync()
    {
        _contents?.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<FileTree> FetchTreeAsync(CancellationToken cancellationToken)
    {
        var blocks = new MemoryBlocks();
        ObjectId root = default;
        var received = 0L;
        await foreach (var page in sub.StreamAsync(SubdMethods.GetSnapshot, new GetSnapshotRequest(), cancellationToken))
        {
            root = page.Root;
            foreach (var bytes in page.Blocks)
            {
                received += bytes.Length;
                if (received > MaxTreeBytes)
                {
                    throw new CorruptTreeException($"the machine {host} says that its directories take more than {MaxTreeBytes >> 20} MiB");
                }

                blocks.Add(Block.Verified(ObjectId.Of(bytes), bytes));
            }
        }

        var tree = new FileTree(root, blocks);
        TreeVerifier.Verify(tree, image: false, cancellationToken);
        return tree;
    }

    /// <summary>What the machine itself does not look at although the filter of this image would have it; of a directory with many such entries one line.</summary>
    private static void FindHidden(FileTree tree, ObjectId directory, UnixPath path, List<LeftOut> hidden)
    {
        var count = 0;
        UnixPath last = default;
        foreach (var entry in DirectoryContents.Read(tree.Blocks, directory))
        {
            var inode = entry.ReadInode();
            if (inode.Kind == InodeKind.Directory)
            {
                FindHidden(tree, inode.Content, path.Join(entry.Name.Span), hidden);
            }
            else if (inode.Kind == InodeKind.Opaque)
            {
                count++;
                last = path.Join(entry.Name.Span);
            }
        }

        if (count > 0 && hidden.Count < MaxListed)
        {
            const string why = "excluded from scans of the machine, or filtered by its image";
            hidden.Add(count == 1 ? new LeftOut(last, why) : new LeftOut(path, $"{count} entries of it are {why}"));
        }
    }

    private async Task FetchContentsAsync(PushContext context, ImageTree image, ArchiveContents contents, CancellationToken cancellationToken)
    {
        var missing = new Dictionary<ObjectId, long>();
        foreach (var objects in image.Inventory.Objects.Where(o => !contents.Contains(o.Id)).Chunk(IdsPerCall))
        {
            var request = new CheckObjectsRequest { Kind = ObjectKind.Object, Ids = Array.ConvertAll(objects, static o => o.Id) };
            var answer = await context.Server.CallAsync(ObjectServerMethods.CheckObjects, request, cancellationToken);
            for (var i = 0; i < objects.Length && i < answer.Sizes.Count; i++)
            {
                if (answer.Sizes[i] < 0)
                {
                    missing[objects[i].Id] = objects[i].Size;
                }
            }
        }

        foreach (var files in image.FindPaths(missing.Keys.ToHashSet(), cancellationToken).Chunk(GetFilesRequest.MaxFiles))
        {
            await FetchFilesAsync(context, files, missing, contents, cancellationToken);
        }
    }

    private async Task FetchFilesAsync(
        PushContext context, KeyValuePair<ObjectId, UnixPath>[] files, Dictionary<ObjectId, long> sizes, ArchiveContents contents, CancellationToken cancellationToken)
    {
        var request = new GetFilesRequest { Files = [.. files.Select(static f => new FileReference { Path = f.Value, Content = f.Key })] };
        await using var chunks = sub.StreamAsync(SubdMethods.GetFiles, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
        foreach (var (id, path) in files)
        {
            try
            {
                await contents.AddAsync(new ObjectReference(id, sizes[id]), TakeAsync(chunks, id, sizes[id], cancellationToken), cancellationToken);
            }
            catch (CorruptObjectException e)
            {
                throw new FileChangedException(path, "changed", e);
            }

            context.Progress?.Report(new PushProgress(PushPhase.Scan, contents.CopiedBytes, 0));
        }

        // The end of the answer: without it the machine would count the call as given up.
        if (await chunks.MoveNextAsync())
        {
            throw new RpcException(RpcStatus.Internal, $"{host} sent more than was asked for");
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> TakeAsync(
        IAsyncEnumerator<ObjectChunk> chunks, ObjectId id, long size, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (long offset = 0; offset < size;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await chunks.MoveNextAsync())
            {
                throw new RpcException(RpcStatus.Unavailable, "the machine ended its answer too early", RpcErrorCode.Truncated);
            }

            var chunk = chunks.Current;
            if (chunk.Id != id || chunk.Offset != offset || chunk.Data.IsEmpty || chunk.Data.Length > size - offset)
            {
                throw new CorruptObjectException(id, "the machine sent something else");
            }

            yield return chunk.Data;
            offset += chunk.Data.Length;
        }
    }
}
