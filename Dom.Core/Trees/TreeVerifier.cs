using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>
/// Checks a whole tree: every block canonical, every directory in the form its entries call for, every name in the part of a fan-out node it belongs to,
/// and every group of hard links made of files that exist and are equal.
/// </summary>
public static class TreeVerifier
{
    /// <summary>Reads every block once and throws <see cref="CorruptTreeException"/> or <see cref="MissingBlockException"/> at the first fault.</summary>
    /// <param name="tree">The tree; its blocks need not have been verified before.</param>
    /// <param name="image">True for trees of images, in which opaque, unknown and mount point entries are refused.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    /// <returns>What the tree holds, the root directory included.</returns>
    public static TreeTotals Verify(FileTree tree, bool image, CancellationToken cancellationToken)
    {
        var root = TreeRootBlock.Read(Read(tree, tree.Root));
        var seen = new Dictionary<ObjectId, TreeTotals>();
        var totals = VerifyDirectory(tree, root.Directory.Content, 0, image, seen, cancellationToken);
        VerifyLinks(tree, root.Links);
        return totals;
    }

    private static Block Read(FileTree tree, ObjectId digest)
    {
        var block = tree.Blocks.Get(digest);
        return Block.Verified(digest, block.Bytes);
    }

    private static TreeTotals VerifyDirectory(
        FileTree tree, ObjectId digest, int depth, bool image, Dictionary<ObjectId, TreeTotals> seen, CancellationToken cancellationToken)
    {
        // Equal subtrees are read once; what they hold and how deep they are counts wherever they lie.
        if (seen.TryGetValue(digest, out var totals) && depth + totals.Depth <= TreeFormat.MaxDepth)
        {
            return totals;
        }

        if (depth > TreeFormat.MaxDepth || totals.Depth > 0)
        {
            throw new CorruptTreeException($"directory {digest} is nested deeper than {TreeFormat.MaxDepth} levels");
        }

        cancellationToken.ThrowIfCancellationRequested();
        var (entries, again) = Rebuild(tree, digest, cancellationToken);
        if (again != digest)
        {
            throw new CorruptTreeException($"directory {digest} has another form than its {entries.Count} entries call for");
        }

        totals = new TreeTotals(1, 0, 0);
        foreach (var (name, inode) in entries)
        {
            if (image)
            {
                RequireImageEntry(name.Span, inode, depth);
            }

            if (image && inode.Kind is InodeKind.Opaque or InodeKind.Unknown or InodeKind.MountPoint)
            {
                throw new CorruptTreeException($"directory {digest} of an image has an entry of kind {inode.Kind}");
            }

            if (image && inode.IsUnread)
            {
                throw new CorruptTreeException($"directory {digest} of an image has a file whose content was not read");
            }

            totals = inode.Kind == InodeKind.Directory
                ? totals.WithChild(VerifyDirectory(tree, inode.Content, depth + 1, image, seen, cancellationToken))
                : totals.WithFile(inode.Size);
            if (totals.Inodes > TreeFormat.MaxInodes)
            {
                throw new CorruptTreeException($"directory {digest} holds more than {TreeFormat.MaxInodes} inodes");
            }
        }

        seen.Add(digest, totals);
        return totals;
    }

    /// <summary>What a machine's tree may hold, but no image.</summary>
    private static void RequireImageEntry(ReadOnlySpan<byte> name, in Inode inode, int depth)
    {
        if (depth == 0 && name.SequenceEqual(TreeName.Private))
        {
            throw new CorruptTreeException("an image cannot have '/.subd': that is the sub's own directory on every machine");
        }

        if (inode.HasMtime && inode.MtimeSeconds is < -TreeFormat.MaxTimeSeconds or > TreeFormat.MaxTimeSeconds)
        {
            throw new CorruptTreeException(
                $"the modification time of '{NameText.Escape(name)}' is {inode.MtimeSeconds} s after 1970; images hold up to {TreeFormat.MaxTimeSeconds} s before and after: touch the file");
        }
    }

    /// <summary>Writes the directory anew: only the canonical form comes out with the same digest.</summary>
    private static (List<(ReadOnlyMemory<byte> Name, Inode Inode)> Entries, ObjectId Digest) Rebuild(
        FileTree tree, ObjectId digest, CancellationToken cancellationToken)
    {
        var entries = new List<(ReadOnlyMemory<byte> Name, Inode Inode)>();
        foreach (var leaf in NodeLeaves.Of(new VerifyingBlocks(tree), digest, cancellationToken))
        {
            Collect(leaf, entries);
            if (entries.Count > TreeFormat.MaxInodes)
            {
                throw new CorruptTreeException($"directory {digest} holds more than {TreeFormat.MaxInodes} inodes");
            }
        }

        entries.Sort(static (a, b) => a.Name.Span.SequenceCompareTo(b.Name.Span));
        var builder = new DirectoryBuilder(static _ => { });
        foreach (var (name, inode) in entries)
        {
            builder.Add(name.Span, inode);
        }

        return (entries, builder.Finish());
    }

    private static void Collect(Block leaf, List<(ReadOnlyMemory<byte> Name, Inode Inode)> entries)
    {
        if (leaf.Kind != BlockKind.Directory)
        {
            throw new CorruptTreeException($"block {leaf.Digest} of kind {leaf.Kind} stands where a directory is expected");
        }

        foreach (var entry in DirectoryBlock.Entries(leaf))
        {
            entries.Add((entry.Name, entry.ReadInode()));
        }
    }

    private static void VerifyLinks(FileTree tree, ObjectId links)
    {
        if (links.IsNone)
        {
            return;
        }

        var table = LinkTable.Read(new VerifyingBlocks(tree), links);
        if (table.Write(static _ => { }) != links)
        {
            throw new CorruptTreeException($"link table {links} is not in canonical form");
        }

        foreach (var group in table.Groups)
        {
            var first = tree.Find(group.Paths[0]);
            foreach (var path in group.Paths)
            {
                RequireSame(first, tree.Find(path), path);
            }
        }
    }

    private static void RequireSame(in Inode first, in Inode other, UnixPath path)
    {
        if (!other.IsFile || !first.SameContent(other) || !first.SameMetadata(other))
        {
            throw new CorruptTreeException($"the hard link '{path}' is no file, or differs from the other names of its file");
        }
    }

    private sealed class VerifyingBlocks(FileTree tree) : IBlockSource
    {
        public Block Get(ObjectId digest) => Read(tree, digest);
    }
}
