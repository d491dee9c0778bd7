using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>What one block names: the blocks and objects that must be at hand for the tree to be usable.</summary>
public static class BlockReferences
{
    /// <summary>Appends what a block names; throws <see cref="CorruptTreeException"/> when it does not decode.</summary>
    public static void Read(Block block, ICollection<ObjectId> blocks, ICollection<ObjectReference>? objects)
    {
        switch (block.Kind)
        {
            case BlockKind.TreeRoot:
                var root = TreeRootBlock.Read(block);
                blocks.Add(root.Directory.Content);
                AddExisting(root.Links, blocks);
                break;
            case BlockKind.FanOut:
                foreach (var child in FanOutBlock.Read(block))
                {
                    AddExisting(child, blocks);
                }

                break;
            case BlockKind.Directory:
                ReadEntries(block, blocks, objects);
                break;
            case BlockKind.Links:
                break;
            default:
                throw new CorruptTreeException($"block {block.Digest} has the unknown kind {(int)block.Kind}");
        }
    }

    private static void ReadEntries(Block block, ICollection<ObjectId> blocks, ICollection<ObjectReference>? objects)
    {
        foreach (var entry in DirectoryBlock.Entries(block))
        {
            var inode = entry.ReadInode();
            if (inode.Kind == InodeKind.Directory)
            {
                blocks.Add(inode.Content);
            }
            else if (inode.Kind == InodeKind.Regular && !inode.Content.IsNone)
            {
                objects?.Add(new ObjectReference(inode.Content, checked((long)inode.Size)));
            }
        }
    }

    private static void AddExisting(ObjectId digest, ICollection<ObjectId> blocks)
    {
        if (!digest.IsNone)
        {
            blocks.Add(digest);
        }
    }
}
