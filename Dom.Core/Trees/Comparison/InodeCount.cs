using Dom.Core.Objects;

namespace Dom.Core.Trees.Comparison;

/// <summary>Counts entries.</summary>
internal static class InodeCount
{
    /// <summary>Entries below a directory, those of its directories included.</summary>
    public static long Below(IBlockSource blocks, ObjectId directory, CancellationToken cancellationToken) =>
        Below(blocks, directory, 0, cancellationToken);

    private static long Below(IBlockSource blocks, ObjectId directory, int depth, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (depth > TreeFormat.MaxDepth)
        {
            throw new CorruptTreeException($"directories are nested more than {TreeFormat.MaxDepth} deep");
        }

        var entries = DirectoryContents.Read(blocks, directory);
        long count = entries.Length;
        foreach (var entry in entries)
        {
            var inode = entry.ReadInode();
            if (inode.Kind == InodeKind.Directory)
            {
                count += Below(blocks, inode.Content, depth + 1, cancellationToken);
            }
        }

        return count;
    }
}
