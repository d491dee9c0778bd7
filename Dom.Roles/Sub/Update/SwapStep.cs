using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees;

namespace Dom.Roles.Sub.Update;

/// <summary>One step of a swap as the journal keeps it: enough to do it, and to see from what stands there whether it was done.</summary>
internal sealed record SwapStep
{
    /// <summary>The step has nothing in the staging directory.</summary>
    public const int NotStaged = -1;

    /// <summary>What to do.</summary>
    public required SwapAction Action { get; init; }

    /// <summary>The path in the tree.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>Number of the staged inode, which is its name; for a removal, of the directory the path was moved away with.</summary>
    public int Staged { get; init; } = NotStaged;

    /// <summary>For a removal from a directory that was moved to the staging directory: how many bytes of <see cref="Path"/> name that directory.</summary>
    public int MovedPrefix { get; init; }

    /// <summary>The inode in the tree before the step; default when there was none.</summary>
    public InodeIdentity Old { get; init; }

    /// <summary>The content of the file that the step replaces or removes, as the plan knew it; none when it is no file, is empty, or was not read.</summary>
    public ObjectId OldContent { get; init; }

    /// <summary>The staged inode.</summary>
    public InodeIdentity New { get; init; }

    /// <summary>The directory entry with the metadata to set; empty where the staged inode has it already.</summary>
    public ReadOnlyMemory<byte> Metadata { get; init; }

    /// <summary>The inode of <see cref="Metadata"/>.</summary>
    public Inode ReadMetadata()
    {
        var reader = new MessagePackReader(Metadata);
        return DirectoryBlock.ReadEntry(ref reader, out _);
    }

    /// <summary>True for a removal that takes place in the staging directory.</summary>
    public bool IsMoved => MovedPrefix > 0;
}
