namespace Dom.Core.Trees;

/// <summary>What a tree or subtree holds.</summary>
/// <param name="Inodes">Entries of any kind; names of one file count each.</param>
/// <param name="Bytes">Bytes of all regular files, saturating.</param>
/// <param name="Depth">Levels of directories below the topmost.</param>
public readonly record struct TreeTotals(long Inodes, ulong Bytes, int Depth)
{
    internal TreeTotals WithFile(ulong size) => this with { Inodes = Inodes + 1, Bytes = Add(Bytes, size) };

    internal TreeTotals WithChild(TreeTotals child) =>
        new(Inodes + child.Inodes, Add(Bytes, child.Bytes), Math.Max(Depth, child.Depth + 1));

    private static ulong Add(ulong left, ulong right) => left > ulong.MaxValue - right ? ulong.MaxValue : left + right;
}
