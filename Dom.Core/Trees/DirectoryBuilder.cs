using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>Makes the blocks of one directory after another from entries in the order of their names. Not thread-safe.</summary>
/// <param name="sink">Takes every block made.</param>
public sealed class DirectoryBuilder(Action<Block> sink)
{
    private readonly EncodedEntries _entries = new();

    /// <summary>Entries added since the last <see cref="Finish()"/>.</summary>
    public int Count => _entries.Count;

    /// <summary>Adds an entry whose name follows the last one's.</summary>
    /// <exception cref="CorruptTreeException">The name is impossible, not in order, or a field of the inode is.</exception>
    public void Add(ReadOnlySpan<byte> name, in Inode inode)
    {
        EntryRules.Require(inode);
        if (Count > 0 && name.SequenceCompareTo(_entries.NameAt(Count - 1)) <= 0)
        {
            throw new CorruptTreeException($"the name {Convert.ToHexStringLower(name)} does not follow the one before it");
        }

        _entries.Add(name, inode);
    }

    /// <summary>Ends the directory and returns what goes into its <see cref="Inode.Content"/>.</summary>
    public ObjectId Finish()
    {
        var all = new int[Count];
        for (var i = 0; i < all.Length; i++)
        {
            all[i] = i;
        }

        var digest = Finish(all, 0);
        _entries.Clear();
        return digest;
    }

    private ObjectId Finish(ReadOnlySpan<int> indices, int depth)
    {
        if (_entries.FitLeaf(indices))
        {
            var leaf = _entries.Seal(indices);
            sink(leaf);
            return leaf.Digest;
        }

        var children = new ObjectId[TreeFormat.FanOut];
        var parts = _entries.Partition(indices, depth);
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { } part)
            {
                children[i] = Finish(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(part), depth + 1);
            }
        }

        var node = FanOutBlock.Write(children);
        sink(node);
        return node.Digest;
    }
}
