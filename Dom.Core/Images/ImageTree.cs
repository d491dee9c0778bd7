using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>A tree that can become an image: without what only a machine has, and what was left out for that.</summary>
public sealed class ImageTree
{
    private ImageTree(FileTree tree, TreeInventory inventory, IReadOnlyList<LeftOut> leftOut)
    {
        Tree = tree;
        Inventory = inventory;
        LeftOut = leftOut;
    }

    /// <summary>The tree.</summary>
    public FileTree Tree { get; }

    /// <summary>Its blocks, objects and totals.</summary>
    public TreeInventory Inventory { get; }

    /// <summary>What is not in it although it was found.</summary>
    public IReadOnlyList<LeftOut> LeftOut { get; }

    /// <summary>Makes the tree of an image, without computed files, from one that was scanned.</summary>
    public static ImageTree Of(FileTree scanned, ImageOwner? owner, CancellationToken cancellationToken) =>
        Of(scanned, owner, System.Collections.Frozen.FrozenSet<UnixPath>.Empty, cancellationToken);

    /// <summary>Makes the tree of an image from one that was scanned.</summary>
    /// <param name="scanned">The scan; filtered paths are opaque in it.</param>
    /// <param name="owner">Owner of all inodes; null keeps theirs.</param>
    /// <param name="computed">Files whose content is computed for each machine.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="PushException">One of these is no regular file with one name.</exception>
    public static ImageTree Of(FileTree scanned, ImageOwner? owner, IReadOnlySet<UnixPath> computed, CancellationToken cancellationToken)
    {
        var inventory = TreeInventory.Read(scanned, cancellationToken);
        if (owner is null && computed.Count == 0 && !inventory.HasMachineEntries && !ImageTreeRewriter.HasPrivate(scanned))
        {
            return new ImageTree(scanned, inventory, []);
        }

        var rewriter = new ImageTreeRewriter(scanned, owner, computed, cancellationToken);
        var tree = rewriter.Rewrite();
        return new ImageTree(tree, TreeInventory.Read(tree, cancellationToken), rewriter.LeftOut);
    }

    /// <summary>The same tree, with more that was left out before it was made.</summary>
    public ImageTree WithLeftOut(IReadOnlyList<LeftOut> before) => before.Count == 0 ? this : new ImageTree(Tree, Inventory, [.. before, .. LeftOut]);

    /// <summary>Where the contents of objects can be read: the first path of each that is wanted.</summary>
    public IReadOnlyDictionary<Objects.ObjectId, UnixPath> FindPaths(IReadOnlySet<Objects.ObjectId> wanted, CancellationToken cancellationToken)
    {
        var found = new Dictionary<Objects.ObjectId, UnixPath>(wanted.Count);
        if (wanted.Count > 0)
        {
            Search(Tree.ReadRoot().Directory.Content, UnixPath.Root);
        }

        return found;

        void Search(Objects.ObjectId directory, UnixPath path)
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in DirectoryContents.Read(Tree.Blocks, directory))
            {
                if (found.Count == wanted.Count)
                {
                    return;
                }

                var inode = entry.ReadInode();
                if (inode.Kind == InodeKind.Directory)
                {
                    Search(inode.Content, path.Join(entry.Name.Span));
                }
                else if (inode.Kind == InodeKind.Regular && wanted.Contains(inode.Content) && !found.ContainsKey(inode.Content))
                {
                    found.Add(inode.Content, path.Join(entry.Name.Span));
                }
            }
        }
    }
}
