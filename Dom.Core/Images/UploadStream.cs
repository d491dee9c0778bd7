using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>Turns missing blocks and objects into the chunks of one call. Several streams share one queue.</summary>
internal sealed class UploadStream(
    DirectoryHandle root, IBlockSource blocks, ConcurrentQueue<UploadItem> queue, string lease, Action<int> sent) : IDisposable
{
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(ObjectChunk.MaxBytes);
    private DirectoryHandle? _directory;
    private UnixPath _directoryPath;

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
    public void Dispose() => _directory?.Dispose();

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
        using var file = Open(item);
        for (var offset = item.Offset; offset < item.Size;)
        {
            var count = Fill(file, item, offset);
            yield return Chunk(item, offset, _buffer.AsMemory(0, count));
            offset += count;
        }
    }

    private static ObjectChunk Chunk(UploadItem item, long offset, ReadOnlyMemory<byte> data) =>
        new() { Kind = item.Kind, Id = item.Id, Size = item.Size, Offset = offset, Data = data };

    private FileHandle Open(UploadItem item)
    {
        FileHandle? file = null;
        try
        {
            file = DirectoryOf(item.Path).OpenFile(item.Path.Name);
            return file.GetStatus().Size == item.Size ? file : throw new FileChangedException(item.Path, "changed");
        }
        catch (IOException e)
        {
            file?.Dispose();
            Failure = e is LinuxException { IsNotFound: true } ? new FileChangedException(item.Path, "was removed", e) : e;
            throw Failure;
        }
    }

    private int Fill(FileHandle file, UploadItem item, long offset)
    {
        var want = (int)Math.Min(_buffer.Length, item.Size - offset);
        for (var count = 0; ;)
        {
            var error = file.TryReadAt(offset + count, _buffer.AsSpan(count, want - count), out var read);
            count += read;
            if (count == want)
            {
                return count;
            }

            if (error != Errno.None || read == 0)
            {
                Failure = error != Errno.None
                    ? new LinuxException(error, "read", item.Path.ToString())
                    : new FileChangedException(item.Path, "became shorter");
                throw Failure;
            }
        }
    }

    /// <summary>Files come in the order of the tree, so the directory of the last one is most often that of the next.</summary>
    private DirectoryHandle DirectoryOf(UnixPath path)
    {
        var parent = path.Parent;
        if (_directory is null || _directoryPath != parent)
        {
            _directory?.Dispose();
            _directory = null;
            _directory = root.OpenBelow(parent.Span.TrimStart((byte)'/'));
            _directoryPath = parent;
        }

        return _directory;
    }
}
