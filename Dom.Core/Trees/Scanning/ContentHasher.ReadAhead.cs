using System.Collections.Concurrent;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <content>Large files: a second thread reads while this one hashes.</content>
internal sealed partial class ContentHasher
{
    /// <summary>Below this size starting a thread costs more than it gains.</summary>
    private const long ReadAheadFrom = 16L << 20;

    private const int BlockBytes = 256 * 1024;
    private const int BlocksAhead = 4;

    private Errno HashWithReadAhead(FileHandle file, bool direct, long size, out ObjectId content, out long length, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var free = new BlockingCollection<AlignedBuffer>();
        using var full = new BlockingCollection<(AlignedBuffer Block, int Count)>();
        for (var i = 0; i < BlocksAhead; i++)
        {
            free.Add(new AlignedBuffer(BlockBytes), CancellationToken.None);
        }

        file.Advise(FileAdvice.Sequential);
        var error = Errno.None;
        var token = stop.Token;
        var reader = new Thread(() => error = ReadBlocks(file, direct, size, free, full, token)) { IsBackground = true, Name = "dom read-ahead" };
        reader.Start();
        length = 0;
        try
        {
            foreach (var (block, count) in full.GetConsumingEnumerable(cancellationToken))
            {
                _hash.AppendData(block.Span[..count]);
                length += count;
                free.Add(block, cancellationToken);
            }
        }
        finally
        {
            stop.Cancel();
            reader.Join();
            content = Finish();
        }

        cancellationToken.ThrowIfCancellationRequested();
        content = length == 0 || error != Errno.None ? default : content;
        return error;
    }

    private Errno ReadBlocks(
        FileHandle file,
        bool direct,
        long size,
        BlockingCollection<AlignedBuffer> free,
        BlockingCollection<(AlignedBuffer Block, int Count)> full,
        CancellationToken cancellationToken)
    {
        try
        {
            for (long offset = 0; offset < size;)
            {
                var block = free.Take(cancellationToken);
                var wanted = (int)Math.Min(BlockBytes, size - offset);
                limiter?.Pay(wanted, cancellationToken);
                var error = file.TryRead(direct ? block.Span : block.Span[..wanted], out var count);
                count = Math.Min(count, wanted);
                if (error != Errno.None || count == 0)
                {
                    return error;
                }

                offset += count;
                full.Add((block, count), cancellationToken);
            }

            return Errno.None;
        }
        catch (OperationCanceledException)
        {
            // The hashing thread sees the same token and ends the scan.
            return Errno.None;
        }
        finally
        {
            full.CompleteAdding();
        }
    }
}
