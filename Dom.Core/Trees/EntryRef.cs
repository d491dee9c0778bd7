namespace Dom.Core.Trees;

/// <summary>One entry of a directory block, as a place in the block's bytes: 16 bytes however large the entry.</summary>
/// <param name="Block">The block; null stands for "no entry".</param>
/// <param name="Offset">Where the entry begins in the block's bytes.</param>
public readonly record struct EntryRef(Block? Block, int Offset)
{
    /// <summary>True when there is no entry.</summary>
    public bool IsNone => Block is null;

    /// <summary>The entry's name, a slice of the block.</summary>
    public ReadOnlyMemory<byte> Name => IsNone ? default : DirectoryBlock.ReadName(this);

    /// <summary>The entry's inode; <see cref="InodeKind.None"/> when there is no entry.</summary>
    public Inode ReadInode() => IsNone ? new Inode { Kind = InodeKind.None } : DirectoryBlock.ReadInode(this);
}
