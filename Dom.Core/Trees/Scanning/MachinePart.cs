using System.Runtime.InteropServices;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>A block of a directory with what belongs to it: a leaf with the facts of its entries, or a fan-out node with its parts. Immutable.</summary>
internal sealed partial class MachinePart
{
    private MachinePart(Block block, EntryFacts[] facts, MachineDirectory[] directories, MachineCounts counts)
    {
        Block = block;
        Facts = facts;
        Directories = directories;
        Counts = counts;
        EntryCount = facts.Length;
        EntryBytes = 0;
        foreach (var fact in facts)
        {
            EntryBytes += fact.EncodedLength;
        }
    }

    private MachinePart(Block block, MachinePart?[] parts)
    {
        Block = block;
        Facts = [];
        Directories = [];
        Parts = parts;
        foreach (var part in parts)
        {
            if (part is not null)
            {
                Counts = Counts.Plus(part.Counts);
                EntryCount += part.EntryCount;
                EntryBytes += part.EntryBytes;
            }
        }
    }

    internal Block Block { get; }

    /// <summary>Of a leaf, one for each entry in the order of names.</summary>
    internal EntryFacts[] Facts { get; }

    /// <summary>Of a leaf, one for each entry of kind directory, in the order of names.</summary>
    internal MachineDirectory[] Directories { get; }

    /// <summary>The 256 parts of a fan-out node; null for a leaf.</summary>
    internal MachinePart?[]? Parts { get; }

    /// <summary>What is in this part and below.</summary>
    internal MachineCounts Counts { get; }

    internal int EntryCount { get; }

    internal long EntryBytes { get; }

    /// <summary>Makes the parts of a directory; what equals the previous one is kept instead of the new.</summary>
    internal static MachinePart Build(EntryList entries, MachinePart? previous, BlockTable table) =>
        Build(entries, entries.LiveIndices(), 0, previous, table);

    private static MachinePart Build(EntryList entries, ReadOnlySpan<int> indices, int depth, MachinePart? previous, BlockTable table)
    {
        if (entries.Encoded.FitLeaf(indices))
        {
            return BuildLeaf(entries, indices, previous, table);
        }

        var parts = new MachinePart?[TreeFormat.FanOut];
        var children = entries.Encoded.Partition(indices, depth);
        for (var i = 0; i < parts.Length; i++)
        {
            if (children[i] is { } child)
            {
                parts[i] = Build(entries, CollectionsMarshal.AsSpan(child), depth + 1, previous?.Parts?[i], table);
            }
        }

        return Node(parts, previous, table);
    }

    private static MachinePart BuildLeaf(EntryList entries, ReadOnlySpan<int> indices, MachinePart? previous, BlockTable table)
    {
        var facts = new EntryFacts[indices.Length];
        var directories = new List<MachineDirectory>();
        for (var i = 0; i < facts.Length; i++)
        {
            facts[i] = entries.FactsAt(indices[i]);
            if (entries.DirectoryAt(indices[i]) is { } directory)
            {
                directories.Add(directory);
            }
        }

        return Leaf(entries.Encoded.Seal(indices), facts, [.. directories], previous, table);
    }

    private static MachinePart Leaf(Block block, EntryFacts[] facts, MachineDirectory[] directories, MachinePart? previous, BlockTable table)
    {
        if (previous is { Parts: null } && previous.Block.Digest == block.Digest)
        {
            if (previous.Facts.AsSpan().SequenceEqual(facts) && SameReferences(previous.Directories, directories))
            {
                return previous;
            }

            block = previous.Block;
        }

        block = table.Keep(block);
        var counts = Count(block, facts, directories);
        return new MachinePart(block, facts, directories, counts);
    }

    private static MachinePart Node(MachinePart?[] parts, MachinePart? previous, BlockTable table)
    {
        if (previous?.Parts is { } before && SameReferences(before, parts))
        {
            return previous;
        }

        var ids = new ObjectId[TreeFormat.FanOut];
        for (var i = 0; i < parts.Length; i++)
        {
            ids[i] = parts[i]?.Block.Digest ?? default;
        }

        return new MachinePart(table.Keep(FanOutBlock.Write(ids)), parts);
    }

    private static MachineCounts Count(Block block, EntryFacts[] facts, MachineDirectory[] directories)
    {
        long bytes = 0, unknown = 0, unread = 0, linked = 0;
        var cursor = new LeafCursor(new MachinePart(block, facts, directories, default));
        while (cursor.MoveNext())
        {
            var entry = cursor.Current;
            if (entry.Kind == InodeKind.Regular)
            {
                var inode = entry.ReadInode();
                bytes += (long)inode.Size;
                unread += inode.IsUnread ? 1 : 0;
            }

            unknown += entry.Kind == InodeKind.Unknown ? 1 : 0;
            linked += entry.Facts.IsLinked ? 1 : 0;
        }

        var counts = new MachineCounts { Inodes = facts.Length, Bytes = bytes, Unknown = unknown, Unread = unread, LinkedNames = linked };
        foreach (var directory in directories)
        {
            counts = counts.Plus(directory.Counts);
        }

        return counts;
    }

    private static bool SameReferences<T>(T[] left, T[] right)
        where T : class?
    {
        if (left.Length != right.Length)
        {
            return false;
        }

        for (var i = 0; i < left.Length; i++)
        {
            if (!ReferenceEquals(left[i], right[i]))
            {
                return false;
            }
        }

        return true;
    }
}
