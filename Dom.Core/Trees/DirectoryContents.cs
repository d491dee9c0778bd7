using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>Reads whole directories, whatever their form.</summary>
public static class DirectoryContents
{
    /// <summary>All entries of a directory in the order of their names.</summary>
    public static EntryRef[] Read(IBlockSource blocks, ObjectId directory)
    {
        var block = blocks.Get(directory);
        if (block.Kind == BlockKind.Directory)
        {
            return DirectoryBlock.Entries(block);
        }

        var found = new List<(ReadOnlyMemory<byte> Name, EntryRef Entry)>();
        Collect(blocks, block, 0, found);
        found.Sort(static (a, b) => a.Name.Span.SequenceCompareTo(b.Name.Span));
        return [.. found.Select(static f => f.Entry)];
    }

    /// <summary>The entry of that name, or none. In a large directory only the blocks on the way are read.</summary>
    public static EntryRef Find(IBlockSource blocks, ObjectId directory, ReadOnlySpan<byte> name)
    {
        var block = blocks.Get(directory);
        for (var depth = 0; block.Kind == BlockKind.FanOut && depth < ObjectId.Size; depth++)
        {
            var child = FanOutBlock.Read(block)[FanOutBlock.ChildOf(name, depth)];
            if (child.IsNone)
            {
                return default;
            }

            block = blocks.Get(child);
        }

        return DirectoryBlock.Find(block, name);
    }

    private static void Collect(IBlockSource blocks, Block block, int depth, List<(ReadOnlyMemory<byte> Name, EntryRef Entry)> found)
    {
        if (block.Kind == BlockKind.FanOut && depth < ObjectId.Size)
        {
            foreach (var child in FanOutBlock.Read(block))
            {
                if (!child.IsNone)
                {
                    Collect(blocks, blocks.Get(child), depth + 1, found);
                }
            }

            return;
        }

        foreach (var entry in DirectoryBlock.Entries(block))
        {
            found.Add((entry.Name, entry));
        }
    }
}
