using System.Collections.Concurrent;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>The blocks of a machine's snapshots by digest. Successive snapshots share one table; when too much of it is out of use, the next gets a new one.</summary>
internal sealed class BlockTable : IBlockSource
{
    private const long Slack = 1 << 20;

    private readonly ConcurrentDictionary<ObjectId, Block> _blocks = new();
    private long _bytes;
    private long _bytesAtStart;

    /// <summary>True when a quarter of the table was added since it was made, and so may be out of use.</summary>
    internal bool IsStale => Interlocked.Read(ref _bytes) > _bytesAtStart + _bytesAtStart / 4 + Slack;

    /// <summary>Keeps a block, or gives the one with the same bytes that is here already.</summary>
    internal Block Keep(Block block)
    {
        var kept = _blocks.GetOrAdd(block.Digest, block);
        if (ReferenceEquals(kept, block))
        {
            Interlocked.Add(ref _bytes, block.Bytes.Length);
        }

        return kept;
    }

    /// <summary>Ends the first filling: from here on the table ages.</summary>
    internal void MarkStart() => _bytesAtStart = Interlocked.Read(ref _bytes);

    /// <inheritdoc/>
    public Block Get(ObjectId digest) => _blocks.TryGetValue(digest, out var block) ? block : throw new MissingBlockException(digest);
}
