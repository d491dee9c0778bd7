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
        foreach (var leaf in NodeLeaves.Of(blocks, directory, CancellationToken.None))
        {
            foreach (var entry in DirectoryBlock.Entries(leaf))
            {
                found.Add((entry.Name, entry));
            }
        }

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
}
