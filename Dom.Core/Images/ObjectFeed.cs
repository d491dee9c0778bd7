using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Core.Images;

/// <summary>The bytes of objects one after another, straight from an image server and verified, for what is written on and never stored here.</summary>
/// <remarks>A connection that breaks is made anew, and reading goes on at the byte where it stopped.</remarks>
public sealed class ObjectFeed(ImageSource source, TimeProvider time)
{
    private const int MaxIds = 512;
    private const int MaxAttempts = 5;

    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(300);

    /// <summary>Bytes received so far.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Reads objects in the order given; each chunk is valid until the next is asked for.</summary>
    /// <exception cref="RpcException">The server refused, or cannot be reached.</exception>
    /// <exception cref="CorruptObjectException">The server sent other bytes; the last chunk of the object was not returned.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        IReadOnlyList<ObjectReference> objects, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long offset = 0;
        for (int next = 0, attempt = 1; next < objects.Count; attempt++)
        {
            var request = new GetObjectsRequest { Ids = [.. objects.Skip(next).Take(MaxIds).Select(static o => o.Id)], Offset = offset };
            await using var chunks = source.Channel.StreamAsync(ObjectServerMethods.GetObjects, request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            for (var end = Math.Min(objects.Count, next + MaxIds); next < end && await MoveNextAsync(chunks, attempt, cancellationToken);)
            {
                var chunk = chunks.Current;
                var (id, size) = objects[next];
                if (chunk.Id != id || chunk.Size != size || chunk.Offset != offset || chunk.Data.IsEmpty || chunk.Data.Length > size - offset)
                {
                    throw new CorruptObjectException(id, $"{source.Name} sent something else");
                }

                hash.AppendData(chunk.Data.Span);
                offset += chunk.Data.Length;
                BytesReceived += chunk.Data.Length;
                attempt = 1;
                if (offset == size)
                {
                    RequireDigest(hash, id);
                    (next, offset) = (next + 1, 0);
                }

                yield return chunk.Data;
            }
        }
    }

    /// <summary>Writes one object to a stream.</summary>
    public async Task CopyAsync(ObjectReference reference, Stream output, CancellationToken cancellationToken)
    {
        await foreach (var data in ReadAsync([reference], cancellationToken))
        {
            await output.WriteAsync(data, cancellationToken);
        }
    }

    /// <summary>False when the stream ended, or broke in a way that is worth another try.</summary>
    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<ObjectChunk> chunks, int attempt, CancellationToken cancellationToken)
    {
        try
        {
            if (await chunks.MoveNextAsync())
            {
                return true;
            }

            if (attempt == MaxAttempts)
            {
                throw new RpcException(RpcStatus.Unavailable, $"{source.Name} ends its answers too early", RpcErrorCode.Truncated);
            }
        }
        catch (RpcException e) when (e.Retryable && attempt < MaxAttempts)
        {
            await Task.Delay(Delay * attempt, time, cancellationToken);
        }

        return false;
    }

    private static void RequireDigest(IncrementalHash hash, ObjectId id)
    {
        Span<byte> digest = stackalloc byte[ObjectId.Size];
        hash.GetHashAndReset(digest);
        if (new ObjectId(digest) is var actual && actual != id)
        {
            throw new CorruptObjectException(id, $"the bytes that were sent have the digest {actual}");
        }
    }
}
