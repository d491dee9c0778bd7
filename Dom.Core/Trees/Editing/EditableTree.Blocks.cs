using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;

namespace Dom.Core.Trees.Editing;

public sealed partial class EditableTree
{
    /// <summary>Puts everything of a tree on top of this one. Where both have a directory, that of the other describes it.</summary>
    /// <exception cref="TreeEditException">A directory that is not empty stands where the other has something else.</exception>
    public void PutAll(FileTree tree, CancellationToken cancellationToken)
    {
        var root = tree.ReadRoot();
        var links = LinkTable.Read(tree.Blocks, root.Links);
        Put(UnixPath.Root, root.Directory);
        PutEntries(tree.Blocks, root.Directory.Content, UnixPath.Root, links, cancellationToken);
    }

    /// <summary>Removes what a filter matches, as a scan under this filter would not see it.</summary>
    public void Remove(PathFilter filter, CancellationToken cancellationToken)
    {
        if (!filter.IsEmpty)
        {
            Remove(_root, UnixPath.Root, new ScanScope(null, [filter]), 0, cancellationToken);
        }
    }

    /// <summary>Writes the tree; equal trees give equal blocks, in whatever order they were made.</summary>
    public FileTree Write(CancellationToken cancellationToken)
    {
        var blocks = new MemoryBlocks();
        var links = new Dictionary<TreeNode, List<UnixPath>>();
        var directory = WriteDirectory(_root, UnixPath.Root, blocks, links, cancellationToken);
        var table = new LinkTable(links.Values.Where(static paths => paths.Count > 1).Select(static paths => new LinkGroup(paths)));
        var root = TreeRootBlock.Write(new TreeRoot(TreeFormat.Version, directory, table.Write(blocks.Add)));
        blocks.Add(root);
        return new FileTree(root.Digest, blocks);
    }

    private void PutEntries(IBlockSource blocks, ObjectId directory, UnixPath path, LinkTable links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var entry in DirectoryContents.Read(blocks, directory))
        {
            var at = path.Join(entry.Name.Span);
            var inode = entry.ReadInode();
            try
            {
                // The paths of a group are sorted, and the walk comes to the first of them before the others or not: links are made from the first one met.
                if (inode.Kind != InodeKind.Directory && links.Find(at) is { } group && FirstMet(group, at) is { } first)
                {
                    Link(at, first);
                }
                else
                {
                    Put(at, inode);
                }
            }
            catch (TreeEditException e)
            {
                throw new TreeEditException($"'{at}': {e.Message}");
            }

            if (inode.Kind == InodeKind.Directory)
            {
                PutEntries(blocks, inode.Content, at, links, cancellationToken);
            }
        }
    }

    private readonly Dictionary<LinkGroup, UnixPath> _firstMet = [];

    private UnixPath? FirstMet(LinkGroup group, UnixPath path)
    {
        if (_firstMet.TryGetValue(group, out var first))
        {
            return first;
        }

        _firstMet.Add(group, path);
        return null;
    }

    private static void Remove(TreeNode directory, UnixPath path, ScanScope scope, uint covered, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var (name, node) in directory.Children!.ToList())
        {
            var at = path.Join(name.Span);
            var below = covered;
            if (scope.IsOutOfReach(at.Span, ref below))
            {
                directory.Children!.Remove(name);
                Forget(node);
            }
            else if (node.IsDirectory)
            {
                Remove(node, at, scope, below, cancellationToken);
            }
        }
    }

    private static void Forget(TreeNode node)
    {
        node.Names--;
        foreach (var child in node.Children?.Values ?? Enumerable.Empty<TreeNode>())
        {
            Forget(child);
        }
    }

    private static Inode WriteDirectory(
        TreeNode directory, UnixPath path, MemoryBlocks blocks, Dictionary<TreeNode, List<UnixPath>> links, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var children = directory.Children!.ToArray();
        Array.Sort(children, static (a, b) => a.Key.CompareTo(b.Key));
        var inodes = new Inode[children.Length];
        for (var i = 0; i < children.Length; i++)
        {
            var (name, node) = children[i];
            inodes[i] = node.IsDirectory ? WriteDirectory(node, path.Join(name.Span), blocks, links, cancellationToken) : node.Inode;
            if (node.Names > 1)
            {
                if (!links.TryGetValue(node, out var paths))
                {
                    links.Add(node, paths = []);
                }

                paths.Add(path.Join(name.Span));
            }
        }

        var builder = new DirectoryBuilder(blocks.Add);
        for (var i = 0; i < children.Length; i++)
        {
            builder.Add(children[i].Key.Span, inodes[i]);
        }

        return directory.Inode with { Content = builder.Finish() };
    }
}
