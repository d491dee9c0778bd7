using System.Collections.Concurrent;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>Brings manifests, blocks and objects by digest from image servers into stores, verified while they are written.</summary>
/// <remarks>
/// What is stored already is never asked for. A broken transfer goes on at the byte where it stopped, on the same server or the next one; a server
/// that does not have an object, or has a corrupt one, is passed over for it. Everything is durable when a method returns. For many threads.
/// </remarks>
/// <param name="sources">The servers, in the order they are tried.</param>
/// <param name="options">How the network is used.</param>
public sealed class ImageDownloader(IReadOnlyList<ImageSource> sources, DownloadOptions? options = null)
{
    /// <summary>More blocks than a tree of the largest size has; what goes beyond is an attack.</summary>
    private const int MaxBlocks = 1 << 22;

    private readonly DownloadOptions _options = options ?? new DownloadOptions();
    private readonly DownloadCounter _counter = new();

    /// <summary>Bytes received so far, by all methods together.</summary>
    public long BytesReceived => _counter.Bytes;

    /// <summary>Manifests, blocks and objects received so far.</summary>
    public long ObjectsReceived => _counter.Objects;

    /// <summary>Brings a manifest and decodes it.</summary>
    /// <exception cref="ImageFetchException">No server delivered it.</exception>
    /// <exception cref="ManifestException">It is no valid manifest.</exception>
    public async Task<Manifest> FetchManifestAsync(ObjectId digest, IObjectStore manifests, CancellationToken cancellationToken)
    {
        await FetchAsync(ObjectKind.Manifest, [new ObjectReference(digest, -1)], manifests, cancellationToken);
        var bytes = await ReadOrFetchAgainAsync(ObjectKind.Manifest, digest, manifests, Manifest.MaxBytes, cancellationToken);
        await manifests.SyncAsync(cancellationToken);
        return Manifest.Decode(bytes);
    }

    /// <summary>Brings every block of a tree that is not stored, level by level.</summary>
    /// <param name="root">Digest of the root block.</param>
    /// <param name="blocks">Where blocks are stored.</param>
    /// <param name="known">Blocks at hand elsewhere, such as those of the machine's own tree: copied into the store instead of fetched. May be null.</param>
    /// <param name="cancellationToken">Ends the download; what arrived is kept.</param>
    /// <returns>Every object the tree names, each once.</returns>
    /// <exception cref="ImageFetchException">No server delivered a block.</exception>
    /// <exception cref="CorruptTreeException">A block does not follow the format.</exception>
    public async Task<IReadOnlyCollection<ObjectReference>> FetchTreeAsync(
        ObjectId root, IObjectStore blocks, Func<ObjectId, Block?>? known, CancellationToken cancellationToken)
    {
        var seen = new HashSet<ObjectId> { root };
        var objects = new HashSet<ObjectReference>();
        for (var level = new List<ObjectId> { root }; level.Count > 0;)
        {
            await CopyKnownAsync(level, blocks, known, cancellationToken);
            await FetchAsync(ObjectKind.Block, level.ConvertAll(static id => new ObjectReference(id, -1)), blocks, cancellationToken);
            var below = new List<ObjectId>();
            foreach (var id in level)
            {
                var bytes = await ReadOrFetchAgainAsync(ObjectKind.Block, id, blocks, TreeFormat.MaxBlockBytes, cancellationToken);
                BlockReferences.Read(new Block(id, bytes), below, objects);
            }

            below.RemoveAll(id => !seen.Add(id));
            if (seen.Count > MaxBlocks)
            {
                throw new CorruptTreeException($"the tree {root} has more than {MaxBlocks} blocks");
            }

            level = below;
        }

        await blocks.SyncAsync(cancellationToken);
        return objects;
    }

    /// <summary>Brings the objects that are not stored.</summary>
    /// <exception cref="ImageFetchException">No server delivered an object.</exception>
    public async Task FetchObjectsAsync(IEnumerable<ObjectReference> objects, IObjectStore store, CancellationToken cancellationToken)
    {
        await FetchAsync(ObjectKind.Object, objects, store, cancellationToken);
        await store.SyncAsync(cancellationToken);
    }

    private async Task FetchAsync(ObjectKind kind, IEnumerable<ObjectReference> wanted, IObjectStore store, CancellationToken cancellationToken)
    {
        var missing = new List<ObjectReference>();
        var seen = new HashSet<ObjectId>();
        foreach (var reference in wanted)
        {
            if (!reference.Id.IsNone && seen.Add(reference.Id) && await store.GetSizeAsync(reference.Id, cancellationToken) < 0)
            {
                missing.Add(reference);
            }
        }

        if (missing.Count > 0)
        {
            var batches = new ConcurrentQueue<IReadOnlyList<ObjectReference>>(DownloadBatch.Split(missing));
            var streams = Math.Clamp(_options.Streams, 1, batches.Count);
            _options.Limit.Enter(streams);
            await ParallelStreams.RunAsync(streams, token => RunAsync(kind, batches, store, token), cancellationToken);
        }
    }

    private async Task RunAsync(ObjectKind kind, ConcurrentQueue<IReadOnlyList<ObjectReference>> batches, IObjectStore store, CancellationToken cancellationToken)
    {
        try
        {
            while (batches.TryDequeue(out var batch))
            {
                await new DownloadBatch(kind, batch, store, _options.Limit, _counter).FetchAsync(sources, cancellationToken);
            }
        }
        finally
        {
            _options.Limit.Leave();
        }
    }

    private static async Task CopyKnownAsync(List<ObjectId> level, IObjectStore blocks, Func<ObjectId, Block?>? known, CancellationToken cancellationToken)
    {
        foreach (var id in level)
        {
            if (known?.Invoke(id) is { } block)
            {
                await blocks.AddAsync(id, block.Bytes, cancellationToken);
            }
        }
    }

    /// <summary>Reads what was just stored, or was stored long ago: then it may have rotted, and is fetched once more.</summary>
    private async Task<byte[]> ReadOrFetchAgainAsync(ObjectKind kind, ObjectId id, IObjectStore store, int maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await store.ReadVerifiedAsync(id, maxBytes, cancellationToken);
        }
        catch (CorruptObjectException)
        {
            await store.RemoveAsync(id, cancellationToken);
            await FetchAsync(kind, [new ObjectReference(id, -1)], store, cancellationToken);
            return await store.ReadVerifiedAsync(id, maxBytes, cancellationToken);
        }
    }
}
