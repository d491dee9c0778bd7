using Dom.Core.Linux;

namespace Dom.Core.Trees.Editing;

/// <summary>A file tree in memory that is changed name by name as tar changes a directory, and then written as blocks. Not thread-safe.</summary>
/// <remarks>
/// Paths are taken apart into names: leading slashes, empty names and <c>.</c> do not count, <c>..</c> is refused, and so is a path that leads through
/// anything that is no directory, above all through a symbolic link.
/// </remarks>
public sealed partial class EditableTree
{
    private const uint DefaultDirectoryMode = 0x1ed; // 0755
    private const int NodeBytes = 256;

    private readonly long _maxBytes;
    private readonly TreeNode _root;
    private long _bytes;

    /// <summary>A tree of nothing but a root directory.</summary>
    /// <param name="maxBytes">Most bytes of memory that names, attributes and nodes may take, as an estimate.</param>
    public EditableTree(long maxBytes = long.MaxValue)
    {
        _maxBytes = maxBytes;
        _root = new TreeNode(DefaultDirectory) { Names = 1, IsImplied = true };
    }

    /// <summary>What a directory that nobody described is like: mode 0755, owner and group 0.</summary>
    public static Inode DefaultDirectory => new() { Kind = InodeKind.Directory, Mode = DefaultDirectoryMode };

    /// <summary>The root directory.</summary>
    public TreeNode Root => _root;

    /// <summary>Puts a file or directory at a path. A directory that is there keeps what it holds; anything else gives way.</summary>
    /// <param name="path">The path; missing directories above it are made.</param>
    /// <param name="inode">What to put there.</param>
    /// <returns>The node that now stands there.</returns>
    /// <exception cref="TreeEditException">The path is impossible, or a directory that is not empty stands in the way.</exception>
    public TreeNode Put(UnixPath path, in Inode inode)
    {
        var (parent, name) = FindParent(path);
        if (parent is null)
        {
            if (inode.Kind != InodeKind.Directory)
            {
                throw new TreeEditException("it is not a directory, and stands for the root of the tree");
            }

            Describe(_root, inode);
            return _root;
        }

        if (parent.Children!.TryGetValue(name, out var old) && old.IsDirectory && inode.Kind == InodeKind.Directory)
        {
            Describe(old, inode);
            return old;
        }

        RequireReplaceable(old);
        var node = new TreeNode(inode) { Names = 1 };
        Count(name.Length + inode.Target.Length + inode.Xattrs.Length);
        Set(parent, name, old, node);
        return node;
    }

    /// <summary>Gives a file another name.</summary>
    /// <param name="path">The new name.</param>
    /// <param name="target">A name it has.</param>
    /// <exception cref="TreeEditException">There is no such file, it is a directory, or the new path is impossible.</exception>
    public TreeNode Link(UnixPath path, UnixPath target)
    {
        var node = Find(target) ?? throw new TreeEditException($"it is a hard link to '{target}', which no earlier entry is");
        if (node.IsDirectory)
        {
            throw new TreeEditException($"it is a hard link to the directory '{target}'");
        }

        var (parent, name) = FindParent(path);
        if (parent is null)
        {
            throw new TreeEditException("it is a hard link, and stands for the root of the tree");
        }

        parent.Children!.TryGetValue(name, out var old);
        if (old != node)
        {
            RequireReplaceable(old);
            Count(name.Length);
            node.Names++;
            Set(parent, name, old, node);
        }

        return node;
    }

    /// <summary>What stands at a path, links not followed; null for nothing.</summary>
    /// <exception cref="TreeEditException">The path is impossible.</exception>
    public TreeNode? Find(UnixPath path)
    {
        var node = _root;
        var last = path;
        foreach (var name in NamesOf(path))
        {
            if (node.Children is null)
            {
                throw Through(node, last);
            }

            if (!node.Children.TryGetValue(name, out var next))
            {
                return null;
            }

            (node, last) = (next, name);
        }

        return node;
    }

    private (TreeNode? Parent, UnixPath Name) FindParent(UnixPath path)
    {
        var names = NamesOf(path);
        if (names.Count == 0)
        {
            return (null, default);
        }

        if (names.Count > TreeFormat.MaxDepth)
        {
            throw new TreeEditException($"it lies {names.Count} directories deep; at most {TreeFormat.MaxDepth} are allowed");
        }

        var node = _root;
        for (var i = 0; i < names.Count - 1; i++)
        {
            if (node.Children is null)
            {
                throw Through(node, names[i - 1]);
            }

            if (!node.Children.TryGetValue(names[i], out var next))
            {
                next = new TreeNode(DefaultDirectory) { Names = 1, IsImplied = true };
                Count(names[i].Length);
                node.Children.Add(new UnixPath(names[i].Span.ToArray()), next);
            }

            node = next;
        }

        return node.Children is not null ? (node, names[^1]) : throw Through(node, names[^2]);
    }

    private static TreeEditException Through(TreeNode node, UnixPath name) => new(
        node.Inode.Kind == InodeKind.Symlink
            ? $"its path leads through '{name}', which is a symbolic link"
            : $"its path leads through '{name}', which is no directory");

    private static List<UnixPath> NamesOf(UnixPath path)
    {
        var names = new List<UnixPath>();
        foreach (var range in path.Span.Split((byte)'/'))
        {
            var name = path.Bytes[range];
            if (name.IsEmpty || name.Span.SequenceEqual("."u8))
            {
                continue;
            }

            if (!TreeName.IsValid(name.Span))
            {
                throw new TreeEditException(name.Span.SequenceEqual(".."u8)
                    ? "its path contains '..', which would lead out of its directory"
                    : $"its path has a name of {name.Length} bytes; at most {TreeFormat.MaxNameBytes} are allowed");
            }

            names.Add(new UnixPath(name));
        }

        return names;
    }

    private static void RequireReplaceable(TreeNode? old)
    {
        if (old is { Children.Count: > 0 })
        {
            throw new TreeEditException("a directory that is not empty has this path already");
        }
    }

    private static void Set(TreeNode parent, UnixPath name, TreeNode? old, TreeNode node)
    {
        if (old is not null)
        {
            old.Names--;
            parent.Children![name] = node;
            return;
        }

        // The name is a slice of a path that need not stay in memory.
        parent.Children!.Add(new UnixPath(name.Span.ToArray()), node);
    }

    private void Describe(TreeNode directory, in Inode inode)
    {
        Count(inode.Xattrs.Length - NodeBytes);
        directory.Inode = inode;
        directory.IsImplied = false;
    }

    private void Count(long bytes)
    {
        _bytes += bytes + NodeBytes;
        if (_bytes > _maxBytes)
        {
            throw new TreeEditException($"with it the tree would take more than {_maxBytes >> 20} MiB of memory");
        }
    }
}
