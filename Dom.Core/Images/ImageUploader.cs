using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images.Sources;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Core.Images;

/// <summary>Brings the blocks and objects that an image server lacks there, in parallel streams, going on after broken connections.</summary>
internal sealed class ImageUploader(RpcChannel server, Func<ContentReader> openContents, ImageTree tree, int streams, IProgress<PushProgress>? progress, TimeProvider time)
{
    private const int IdsPerCall = 10_000;
    private const int MaxAttempts = 5;

    // With less than this a further stream costs more than it brings.
    private const int ItemsPerStream = 256;
    private const long BytesPerStream = 8 << 20;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(200);

    // Objects that another upload is at work on, as the server said last.
    private readonly HashSet<ObjectId> _arriving = [];

    private long _sent;
    private long _objectsSent;

    /// <summary>Bytes sent, repeated ones included.</summary>
    public long BytesSent => Interlocked.Read(ref _sent);

    /// <summary>Blocks and objects sent.</summary>
    public long ObjectsSent => _objectsSent;

    /// <summary>Bytes of blocks and objects that the server had when it was asked first.</summary>
    public long BytesSaved { get; private set; }

    /// <summary>Uploads what is missing; returns the lease, empty when nothing was.</summary>
    public async Task<string> RunAsync(ImageName name, CancellationToken cancellationToken)
    {
        var lease = "";
        var fewest = long.MaxValue;
        var isFirst = true;
        for (var attempt = 1; ; attempt++)
        {
            // Another upload may be at work on a large object: while it proceeds it is waited for, then its beginning is not counted on.
            var missing = await FindMissingAsync(lease, resume: attempt < MaxAttempts - 1, cancellationToken);
            var bytes = missing.Sum(static i => i.Size - i.Offset);
            BytesSaved = isFirst ? TotalBytes() - bytes : BytesSaved;
            isFirst = false;
            if (missing.Count == 0)
            {
                return lease;
            }

            // Progress since the last attempt earns another full number of them.
            attempt = bytes < fewest ? 1 : attempt;
            fewest = Math.Min(fewest, bytes);
            try
            {
                if (lease.Length == 0)
                {
                    // Asked again under the lease: only now the server keeps what it says it has.
                    lease = (await BeginAsync(name, bytes, cancellationToken)).Lease;
                    missing = await FindMissingAsync(lease, resume: attempt < MaxAttempts - 1, cancellationToken);
                    bytes = missing.Sum(static i => i.Size - i.Offset);
                }

                // The bytes of a cut connection may still be on their way into the server. The rest, sent now, would be refused and sent twice.
                missing.RemoveAll(item => _arriving.Contains(item.Id));
                if (missing.Count == 0 && _arriving.Count > 0)
                {
                    throw new RpcException(RpcStatus.Conflict, "another upload is at work on all that is missing", ImageErrorCode.WrongOffset, retryable: true);
                }

                await UploadAsync(missing, missing.Sum(static i => i.Size - i.Offset), lease, cancellationToken);
            }
            catch (RpcException e) when (e.Code == ImageErrorCode.LeaseEnded && attempt < MaxAttempts)
            {
                lease = "";
            }
            catch (RpcException e) when (IsPassing(e) && attempt < MaxAttempts)
            {
                await Task.Delay(FirstDelay * Math.Pow(2, attempt - 1), time, cancellationToken);
            }
        }
    }

    private static bool IsPassing(RpcException fault) =>
        fault.Retryable || fault.Code is RpcErrorCode.Truncated or ImageErrorCode.WrongOffset;

    private Task<BeginUploadResponse> BeginAsync(ImageName name, long bytes, CancellationToken cancellationToken) => server.CallAsync(
        ImageServerMethods.BeginUpload, new BeginUploadRequest { Name = name.ToString(), Bytes = bytes }, cancellationToken);

    private long TotalBytes() => tree.Inventory.Objects.Sum(static o => o.Size) + tree.Inventory.Blocks.Sum(id => (long)tree.Tree.Blocks.Get(id).Bytes.Length);

    private async Task<List<UploadItem>> FindMissingAsync(string lease, bool resume, CancellationToken cancellationToken)
    {
        var total = tree.Inventory.Blocks.Count + tree.Inventory.Objects.Count;
        var done = 0;
        var missing = new List<UploadItem>();
        _arriving.Clear();
        foreach (var ids in tree.Inventory.Blocks.Chunk(IdsPerCall))
        {
            var answer = await CheckAsync(ObjectKind.Block, ids, lease, cancellationToken);
            for (var i = 0; i < ids.Length; i++)
            {
                if (answer.Sizes[i] < 0)
                {
                    missing.Add(new UploadItem(ObjectKind.Block, ids[i], tree.Tree.Blocks.Get(ids[i]).Bytes.Length, 0, default));
                }
            }

            progress?.Report(new PushProgress(PushPhase.Check, done += ids.Length, total));
        }

        var offsets = new Dictionary<ObjectId, long>();
        foreach (var objects in tree.Inventory.Objects.Chunk(IdsPerCall))
        {
            var answer = await CheckAsync(ObjectKind.Object, Array.ConvertAll(objects, static o => o.Id), lease, cancellationToken);
            for (var i = 0; i < objects.Length; i++)
            {
                if (answer.Sizes[i] < 0)
                {
                    offsets.TryAdd(objects[i].Id, resume && answer.Received.Count > i ? Math.Clamp(answer.Received[i], 0, objects[i].Size - 1) : 0);
                }
            }

            if (resume)
            {
                _arriving.UnionWith(answer.Arriving.Where(i => i >= 0 && i < objects.Length).Select(i => objects[i].Id));
            }

            progress?.Report(new PushProgress(PushPhase.Check, done += objects.Length, total));
        }

        AddObjects(missing, offsets, cancellationToken);
        return missing;
    }

    /// <summary>Adds the missing objects in the order of the tree, in which reading them is fastest.</summary>
    private void AddObjects(List<UploadItem> missing, Dictionary<ObjectId, long> offsets, CancellationToken cancellationToken)
    {
        var sizes = new Dictionary<ObjectId, long>(offsets.Count);
        foreach (var reference in tree.Inventory.Objects)
        {
            if (offsets.ContainsKey(reference.Id))
            {
                sizes[reference.Id] = reference.Size;
            }
        }

        foreach (var (id, path) in tree.FindPaths(offsets.Keys.ToHashSet(), cancellationToken))
        {
            missing.Add(new UploadItem(ObjectKind.Object, id, sizes[id], offsets[id], path));
        }
    }

    private async Task<CheckObjectsResponse> CheckAsync(ObjectKind kind, ObjectId[] ids, string lease, CancellationToken cancellationToken)
    {
        var answer = await server.CallAsync(
            ObjectServerMethods.CheckObjects, new CheckObjectsRequest { Kind = kind, Ids = ids, Lease = lease }, cancellationToken);
        return answer.Sizes.Count == ids.Length
            ? answer
            : throw new RpcException(RpcStatus.Internal, $"the image server answered for {answer.Sizes.Count} of {ids.Length} objects");
    }

    private async Task UploadAsync(List<UploadItem> missing, long bytes, string lease, CancellationToken cancellationToken)
    {
        var queue = new ConcurrentQueue<UploadItem>(missing);
        long sent = 0;
        var useful = (int)Math.Min(streams, 1 + Math.Max(missing.Count / ItemsPerStream, bytes / BytesPerStream));
        await ParallelStreams.RunAsync(useful, RunStreamAsync, cancellationToken);
        _objectsSent += missing.Count;

        async Task RunStreamAsync(CancellationToken token)
        {
            using var stream = new UploadStream(openContents(), tree.Tree.Blocks, queue, lease, Count);
            try
            {
                await server.UploadAsync(ObjectServerMethods.AddObjects, stream.ReadAsync(token), token);
            }
            catch (Exception e) when (e is not OperationCanceledException && stream.Failure is { } failure)
            {
                // What the server says about the end of the stream matters less than why it ended.
                ExceptionDispatchInfo.Throw(failure);
            }
        }

        void Count(int chunk)
        {
            Interlocked.Add(ref _sent, chunk);
            progress?.Report(new PushProgress(PushPhase.Upload, Interlocked.Add(ref sent, chunk), bytes));
        }
    }
}
