using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;

namespace Dom.Roles.ImageServer;

/// <summary>One stream of uploaded objects: chunks in order, each object verified as it ends. Disposed early, it keeps the beginning of a large object.</summary>
internal sealed class ObjectUpload(ImageArchive archive, UploadLeases leases, RpcCall call, ImageServerCounters counters) : IDisposable
{
    private UploadLease? _lease;
    private ObjectWriter? _writer;
    private ObjectKind _kind;
    private long _added;
    private long _bytes;

    /// <summary>Takes the next chunk.</summary>
    public async ValueTask StoreAsync(ObjectChunk chunk, CancellationToken cancellationToken)
    {
        UseLease(chunk);
        if (_writer is null && chunk.Offset == 0 && chunk.Data.Length == chunk.Size)
        {
            RequireStorable(chunk);
            Protect(chunk.Id);
            Count(chunk.Data.Length, await archive.Store(chunk.Kind).AddAsync(chunk.Id, chunk.Data, cancellationToken));
            return;
        }

        _writer ??= await BeginAsync(chunk, cancellationToken);
        if (chunk.Kind != _kind || chunk.Id != _writer.Id || chunk.Size != _writer.Size || chunk.Offset != _writer.Position)
        {
            throw new RpcException(
                RpcStatus.InvalidArgument, $"the bytes of {_writer.Id} at {_writer.Position} were expected, not those of {chunk.Id} at {chunk.Offset}");
        }

        await _writer.WriteAsync(chunk.Data, cancellationToken);
        var isComplete = _writer.Position == _writer.Size;
        Count(chunk.Data.Length, isComplete && await _writer.CommitAsync(cancellationToken));
        if (isComplete)
        {
            _writer.Dispose();
            _writer = null;
        }
    }

    /// <summary>The answer to a stream that ended between two objects.</summary>
    public AddObjectsResponse Finish() => _writer is null
        ? new AddObjectsResponse { Added = _added, Bytes = _bytes }
        : throw new RpcException(
            RpcStatus.InvalidArgument, $"the stream ended after {_writer.Position} of the {_writer.Size} bytes of {_writer.Id}", RpcErrorCode.Truncated);

    /// <inheritdoc/>
    public void Dispose() => _writer?.Dispose();

    private async ValueTask<ObjectWriter> BeginAsync(ObjectChunk chunk, CancellationToken cancellationToken)
    {
        RequireStorable(chunk);
        Protect(chunk.Id);
        var writer = await archive.Store(chunk.Kind).OpenWriteAsync(chunk.Id, chunk.Size, chunk.Offset, cancellationToken);
        if (writer.Position == chunk.Offset)
        {
            _kind = chunk.Kind;
            return writer;
        }

        using (writer)
        {
            throw new RpcException(
                RpcStatus.Conflict,
                $"the upload of {chunk.Id} cannot go on at {chunk.Offset}: the server has {writer.Position} bytes of it",
                ImageErrorCode.WrongOffset,
                retryable: true);
        }
    }

    private void UseLease(ObjectChunk chunk)
    {
        if (_lease is null || chunk.Lease.Length > 0)
        {
            _lease = leases.Use(chunk.Lease, call.Caller.User);
            call.SetAudit(_lease.Name.ToString());
        }
        else
        {
            leases.Use(_lease.Id, call.Caller.User);
        }
    }

    private void Protect(Core.Objects.ObjectId id)
    {
        if (_lease is not null)
        {
            leases.Protect(_lease, [id]);
        }
    }

    private void Count(int bytes, bool added)
    {
        _bytes += bytes;
        _added += added ? 1 : 0;
        _lease?.Receive(bytes);
        counters.Received(bytes);
    }

    private static void RequireStorable(ObjectChunk chunk)
    {
        var fault = chunk.Kind switch
        {
            ObjectKind.Object => null,
            ObjectKind.Block => chunk.Size > TreeFormat.MaxBlockBytes ? $"a block may have {TreeFormat.MaxBlockBytes} bytes, not {chunk.Size}" : null,
            ObjectKind.Manifest => "manifests are stored by ImageServer.AddImage only",
            _ => $"{(int)chunk.Kind} is not a kind of object",
        };
        if (fault is null && (chunk.Size <= 0 || chunk.Id.IsNone || chunk.Offset < 0 || chunk.Data.Length > ObjectChunk.MaxBytes))
        {
            fault = $"an object of {chunk.Size} bytes cannot be stored in chunks of {chunk.Data.Length} bytes at {chunk.Offset}";
        }

        if (fault is not null)
        {
            throw new RpcException(RpcStatus.InvalidArgument, fault);
        }
    }
}
