using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Images.Sources;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>Turns missing blocks and objects into the chunks of one call. Several streams share one queue.</summary>
internal sealed class UploadStream(
    ContentReader contents, IBlockSource blocks, ConcurrentQueue<UploadItem> queue, string lease, Action<int> sent) : IDisposable
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ObjectChunk.MaxBytes);

    /// <summary>Why reading a file failed, when it did: a call does not tell reliably.</summary>
    public IOException? Failure { get; private set; }

    /// <summary>The chunks; each is valid until the next is asked for.</summary>
    public async IAsyncEnumerable<ObjectChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        var isFirst = true;
        while (queue.TryDequeue(out var item))
        {
            foreach (var chunk in item.Kind == ObjectKind.Block ? ReadBlock(item) : ReadFile(item))
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return isFirst ? chunk with { Lease = lease } : chunk;
                isFirst = false;
                sent(chunk.Data.Length);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => contents.Dispose();

    private IEnumerable<ObjectChunk> ReadBlock(UploadItem item)
    {
        var bytes = blocks.Get(item.Id).Bytes;
        for (var offset = (int)item.Offset; offset < bytes.Length; offset += ObjectChunk.MaxBytes)
        {
            yield return Chunk(item, offset, bytes.Slice(offset, Math.Min(ObjectChunk.MaxBytes, bytes.Length - offset)));
        }
    }

    private IEnumerable<ObjectChunk> ReadFile(UploadItem item)
    {
        Open(item);
        for (var offset = item.Offset; offset < item.Size;)
        {
            var count = (int)Math.Min(_buffer.Length, item.Size - offset);
            Fill(offset, _buffer.AsSpan(0, count));
            yield return Chunk(item, offset, _buffer.AsMemory(0, count));
            offset += count;
        }
    }

    private static ObjectChunk Chunk(UploadItem item, long offset, ReadOnlyMemory<byte> data) =>
        new() { Kind = item.Kind, Id = item.Id, Size = item.Size, Offset = offset, Data = data };

    private void Open(in UploadItem item)
    {
        try
        {
            contents.Open(item);
        }
        catch (IOException e)
        {
            Failure = e;
            throw;
        }
    }

    private void Fill(long offset, Span<byte> buffer)
    {
        try
        {
            contents.Fill(offset, buffer);
        }
        catch (IOException e)
        {
            Failure = e;
            throw;
        }
    }
}
