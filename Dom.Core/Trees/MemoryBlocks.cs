using System.Collections.Concurrent;
using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>Blocks kept in memory. Safe for use by several threads.</summary>
public sealed class MemoryBlocks : IBlockSource
{
    private readonly ConcurrentDictionary<ObjectId, Block> _blocks = new();

    /// <summary>Number of blocks.</summary>
    public int Count => _blocks.Count;

    /// <summary>All blocks, in no order.</summary>
    public IEnumerable<Block> All => _blocks.Values;

    /// <summary>Keeps a block.</summary>
    public void Add(Block block) => _blocks.TryAdd(block.Digest, block);

    /// <summary>True when the block is here.</summary>
    public bool Contains(ObjectId digest) => _blocks.ContainsKey(digest);

    /// <inheritdoc/>
    public Block Get(ObjectId digest) => _blocks.TryGetValue(digest, out var block) ? block : throw new MissingBlockException(digest);
}
