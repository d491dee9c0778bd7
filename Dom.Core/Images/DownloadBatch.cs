using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Core.Images;

/// <summary>Some objects that travel in one call, and in further calls when it breaks.</summary>
internal sealed class DownloadBatch(
    ObjectKind kind, IReadOnlyList<ObjectReference> objects, IObjectStore store, DownloadLimit limit, DownloadCounter counter)
{
    private const int MaxObjects = 512;
    private const long MaxBytes = 32L << 20;

    /// <summary>No server is asked for less than this, lest it be taken for one that trickles; whoever receives waits as long as the limit wants.</summary>
    private const long LeastAsked = 4 * 1024;

    private int _next;
    private long _received;
    private bool _resumed;
    private bool _beginningIsBad;
    private bool _oneByOne;

    /// <summary>Cuts a list into batches that keep several streams busy until the end.</summary>
    internal static IEnumerable<IReadOnlyList<ObjectReference>> Split(List<ObjectReference> objects)
    {
        for (var start = 0; start < objects.Count;)
        {
            var end = start;
            for (var bytes = 0L; end < objects.Count && end - start < MaxObjects && bytes < MaxBytes; end++)
            {
                bytes += Math.Max(0, objects[end].Size);
            }

            yield return objects.GetRange(start, end - start);
            start = end;
        }
    }

    /// <summary>Fetches everything, going on to the next server when one delivers nothing more.</summary>
    internal async Task FetchAsync(IReadOnlyList<ImageSource> sources, CancellationToken cancellationToken)
    {
        var failures = new List<Exception>();
        for (var source = 0; _next < objects.Count;)
        {
            if (source == sources.Count)
            {
                // A server that lacks one object refuses the whole call; perhaps no server has all of them and each has some.
                if (_oneByOne || !failures.Exists(static f => f is RpcException { Status: RpcStatus.NotFound }))
                {
                    throw NothingDelivered(sources, failures);
                }

                _oneByOne = true;
                source = 0;
            }

            var (receivedBefore, nextBefore) = (_received, _next);
            try
            {
                await ReceiveAsync(sources[source], cancellationToken);
                source = 0;
            }
            catch (RpcException e)
            {
                failures.Add(e);

                // A connection that broke on the way is worth another try at the same server when that goes on further than this one began.
                var proceeded = _next > nextBefore || _received - receivedBefore >= FileObjectStore.MinPartial;
                // One that was too slow is not, when there are others.
                var mayTryAgain = e.Retryable && (e.Code != RpcErrorCode.TooSlow || sources.Count == 1);
                source += proceeded && mayTryAgain ? 0 : 1;
            }
            catch (CorruptObjectException e)
            {
                failures.Add(e);

                // It may be the beginning stored here that is bad: once, the same server is asked for the whole.
                source += _resumed ? 0 : 1;
                _beginningIsBad |= _resumed;
            }
        }
    }

    private async Task ReceiveAsync(ImageSource source, CancellationToken cancellationToken)
    {
        var writer = await ResumeFirstAsync(cancellationToken);
        var end = _oneByOne ? Math.Min(_next + 1, objects.Count) : objects.Count;
        try
        {
            if (_next == objects.Count)
            {
                return;
            }

            var share = limit.Share;
            var request = new GetObjectsRequest
            {
                Kind = kind,
                Ids = [.. objects.Skip(_next).Take(_oneByOne ? 1 : MaxObjects).Select(static o => o.Id)],
                Offset = writer?.Position ?? 0,
                BytesPerSecond = share == 0 ? 0 : Math.Max(share, LeastAsked),
            };
            await foreach (var chunk in source.Channel.StreamAsync(ObjectServerMethods.GetObjects, request, cancellationToken))
            {
                writer = await StoreAsync(chunk, writer, cancellationToken);
                await limit.PayAsync(chunk.Data.Length, cancellationToken);
                if (limit.Share != share && _next < end)
                {
                    // Only another call can tell the server another speed; it goes on where this one stops.
                    return;
                }
            }
        }
        finally
        {
            writer?.Dispose();
        }

        if (_next < end)
        {
            throw new RpcException(
                RpcStatus.Unavailable, $"{source.Name} ended its answer before {objects[_next].Id}", RpcErrorCode.Truncated);
        }
    }

    /// <summary>Opens the first object for writing when a beginning of it may be stored; one that is complete needs no server.</summary>
    private async Task<ObjectWriter?> ResumeFirstAsync(CancellationToken cancellationToken)
    {
        _resumed = false;
        while (_next < objects.Count && objects[_next] is { Size: > ObjectChunk.MaxBytes } first)
        {
            var writer = await store.OpenWriteAsync(first.Id, first.Size, _beginningIsBad ? 0 : first.Size, cancellationToken);
            _resumed = writer.Position > 0;
            if (writer.Position < first.Size)
            {
                return writer;
            }

            using (writer)
            {
                await writer.CommitAsync(cancellationToken);
                Advance();
            }
        }

        return null;
    }

    /// <summary>Stores a chunk; returns the writer of the object that is still incomplete.</summary>
    private async Task<ObjectWriter?> StoreAsync(ObjectChunk chunk, ObjectWriter? writer, CancellationToken cancellationToken)
    {
        try
        {
            RequireExpected(chunk, writer?.Position ?? 0);
            _received += chunk.Data.Length;
            counter.AddBytes(chunk.Data.Length);
            if (writer is null && chunk.Data.Length == chunk.Size)
            {
                await store.AddAsync(chunk.Id, chunk.Data, cancellationToken);
            }
            else
            {
                writer ??= await store.OpenWriteAsync(chunk.Id, chunk.Size, 0, cancellationToken);
                await writer.WriteAsync(chunk.Data, cancellationToken);
                if (writer.Position < chunk.Size)
                {
                    return writer;
                }

                await writer.CommitAsync(cancellationToken);
                writer.Dispose();
            }
        }
        catch
        {
            writer?.Dispose();
            throw;
        }

        Advance();
        counter.AddObject();
        return null;
    }

    private void Advance()
    {
        _next++;
        _resumed = false;
        _beginningIsBad = false;
    }

    private void RequireExpected(ObjectChunk chunk, long position)
    {
        if (_next == objects.Count || chunk.Id != objects[_next].Id)
        {
            throw new CorruptObjectException(chunk.Id, "the server sent it instead of what was asked for");
        }

        var size = objects[_next].Size;
        if (chunk.Size <= 0 || (size >= 0 && chunk.Size != size) || (size < 0 && chunk.Size > Limit))
        {
            throw new CorruptObjectException(chunk.Id, $"the server says it has {chunk.Size} bytes{(size >= 0 ? $", not {size}" : "")}");
        }

        if (chunk.Offset != position || chunk.Data.IsEmpty || chunk.Data.Length > chunk.Size - chunk.Offset)
        {
            throw new CorruptObjectException(chunk.Id, $"the server sent {chunk.Data.Length} bytes at {chunk.Offset}, expected were those at {position}");
        }
    }

    private long Limit => kind == ObjectKind.Manifest ? Manifest.MaxBytes : Trees.TreeFormat.MaxBlockBytes;

    private ImageFetchException NothingDelivered(IReadOnlyList<ImageSource> sources, List<Exception> failures)
    {
        var asked = sources.Count == 0 ? "there is no image server to ask" : $"asked were {string.Join(", ", sources.Select(static s => s.Name))}";
        var last = failures.Count == 0 ? "" : $"; the last error: {failures[^1].Message}";
        return new ImageFetchException(
            $"no image server delivered {kind.ToString().ToLowerInvariant()} {objects[_next].Id} ({asked}){last}", failures);
    }
}
