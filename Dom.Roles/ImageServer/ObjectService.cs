using System.Buffers;
using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Roles.ImageServer;

/// <summary>The methods of <c>ObjectServer</c>: asking for, storing and reading objects by digest.</summary>
internal sealed class ObjectService(ImageArchive archive, UploadLeases leases, ImageServerCounters counters, TimeProvider time)
{
    private const int MaxIds = 10_000;

    /// <summary>Maps the methods.</summary>
    public void MapTo(RpcRouter router)
    {
        router.Map(ObjectServerMethods.CheckObjects, CheckAsync);
        router.MapClientStream(ObjectServerMethods.AddObjects, AddAsync);
        router.MapServerStream(ObjectServerMethods.GetObjects, GetAsync);
    }

    private ValueTask<CheckObjectsResponse> CheckAsync(CheckObjectsRequest request, RpcCall call, CancellationToken cancellationToken)
    {
        var store = StoreOf(request.Kind, request.Ids.Count);
        if (request.Lease.Length > 0)
        {
            leases.Protect(leases.Use(request.Lease, call.Caller.User), request.Ids);
        }

        var sizes = new long[request.Ids.Count];
        long[]? received = null;
        List<int>? arriving = null;
        for (var i = 0; i < sizes.Length; i++)
        {
            // In this order: a writer that ends in between leaves more than is said, never less.
            var isArriving = store.IsBeingWritten(request.Ids[i]);
            sizes[i] = store.GetSize(request.Ids[i]);
            if (sizes[i] < 0 && store.GetPartialSize(request.Ids[i]) is var partial and > 0)
            {
                received ??= new long[sizes.Length];
                received[i] = partial;
                if (isArriving)
                {
                    (arriving ??= []).Add(i);
                }
            }
        }

        return new(new CheckObjectsResponse { Sizes = sizes, Received = received ?? [], Arriving = arriving ?? [] });
    }

    private async ValueTask<AddObjectsResponse> AddAsync(IAsyncEnumerable<ObjectChunk> chunks, RpcCall call, CancellationToken cancellationToken)
    {
        using var upload = new ObjectUpload(archive, leases, call, counters);
        try
        {
            await foreach (var chunk in chunks.WithCancellation(cancellationToken))
            {
                await upload.StoreAsync(chunk, cancellationToken);
            }

            return upload.Finish();
        }
        catch (CorruptObjectException e)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"the upload is refused: {e.Message}", ImageErrorCode.CorruptObject, innerException: e);
        }
        catch (IOException e) when (DiskFault.From(e) is { } full)
        {
            throw full;
        }
    }

    private async IAsyncEnumerable<ObjectChunk> GetAsync(
        GetObjectsRequest request, RpcCall call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RequireStored(request);
        var store = new VerifyingObjectStore(StoreOf(request.Kind, request.Ids.Count));
        var pace = new Pace(request.BytesPerSecond, time);
        var rented = ArrayPool<byte>.Shared.Rent(ObjectChunk.MaxBytes);
        var buffer = rented.AsMemory(0, pace.ChunkBytes(ObjectChunk.MaxBytes));
        try
        {
            for (var i = 0; i < request.Ids.Count; i++)
            {
                var id = request.Ids[i];
                var offset = i == 0 ? request.Offset : 0;
                using var reader = await OpenAsync(store, request.Kind, id, offset, cancellationToken);
                while (offset < reader.Size)
                {
                    var count = await ReadAsync(reader, request.Kind, buffer, cancellationToken);
                    counters.Sent(count);
                    yield return new ObjectChunk { Kind = request.Kind, Id = id, Size = reader.Size, Offset = offset, Data = buffer[..count] };
                    offset += count;
                    await pace.WaitAsync(count, cancellationToken);
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private void RequireStored(GetObjectsRequest request)
    {
        var store = StoreOf(request.Kind, request.Ids.Count);
        for (var i = 0; i < request.Ids.Count; i++)
        {
            var size = store.GetSize(request.Ids[i]);
            if (size < 0)
            {
                throw Missing(request.Kind, request.Ids[i]);
            }

            if (i == 0 && (request.Offset < 0 || request.Offset > size))
            {
                throw new RpcException(
                    RpcStatus.InvalidArgument, $"{request.Ids[i]} has {size} bytes, reading cannot begin at {request.Offset}", ImageErrorCode.WrongOffset);
            }
        }
    }

    private async ValueTask<ObjectReader> OpenAsync(
        VerifyingObjectStore store, ObjectKind kind, ObjectId id, long offset, CancellationToken cancellationToken)
    {
        try
        {
            return await store.OpenReadAsync(id, offset, cancellationToken);
        }
        catch (ObjectNotFoundException)
        {
            throw Missing(kind, id);
        }
        catch (CorruptObjectException e)
        {
            throw Corrupt(kind, e);
        }
    }

    private async ValueTask<int> ReadAsync(ObjectReader reader, ObjectKind kind, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.FillAsync(buffer, cancellationToken);
        }
        catch (CorruptObjectException e)
        {
            throw Corrupt(kind, e);
        }
    }

    private RpcException Corrupt(ObjectKind kind, CorruptObjectException fault)
    {
        archive.SetAside(kind, fault);
        return new RpcException(
            RpcStatus.Internal, $"{fault.Message} on the image server; push an image that contains it again", ImageErrorCode.CorruptObject, retryable: false, fault);
    }

    private static RpcException Missing(ObjectKind kind, ObjectId id) =>
        new(RpcStatus.NotFound, $"{kind.ToString().ToLowerInvariant()} {id} is not stored on this image server", ImageErrorCode.MissingObjects);

    private PackedObjectStore StoreOf(ObjectKind kind, int ids)
    {
        if (!Enum.IsDefined(kind))
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"{(int)kind} is not a kind of object; use a newer image server");
        }

        return ids <= MaxIds
            ? archive.Store(kind)
            : throw new RpcException(RpcStatus.InvalidArgument, $"one call may name {MaxIds} objects; this one names {ids}", RpcErrorCode.TooLarge);
    }
}
