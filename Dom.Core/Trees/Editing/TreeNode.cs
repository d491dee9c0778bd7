using Dom.Core.Linux;

namespace Dom.Core.Trees.Editing;

/// <summary>A file or directory of a tree that is being edited. One that stands under several names is a hard link.</summary>
public sealed class TreeNode
{
    internal TreeNode(in Inode inode)
    {
        Inode = inode;
        Children = inode.Kind == InodeKind.Directory ? [] : null;
    }

    /// <summary>Kind, metadata, content. The content of a directory is its <see cref="Children"/>.</summary>
    public Inode Inode { get; internal set; }

    /// <summary>Names under which it stands.</summary>
    public int Names { get; internal set; }

    /// <summary>True for a directory that nobody described: it was made because something lies below it.</summary>
    public bool IsImplied { get; internal set; }

    /// <summary>True for a directory.</summary>
    public bool IsDirectory => Children is not null;

    /// <summary>What a directory holds; null for everything else.</summary>
    internal Dictionary<UnixPath, TreeNode>? Children { get; }
}
