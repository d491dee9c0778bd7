using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>Writes the directories of a scanned tree anew, without entries that an image cannot have and with another owner.</summary>
internal sealed class ImageTreeRewriter(FileTree scanned, ImageOwner? owner, IReadOnlySet<UnixPath> computed, CancellationToken cancellationToken)
{
    private readonly MemoryBlocks _blocks = new();
    private readonly List<LeftOut> _leftOut = [];
    private readonly HashSet<UnixPath> _removedLinks = [];

    private bool Unprivileged => owner is { Uid: not 0 };

    internal IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>True when the tree has what is the sub's own on every machine.</summary>
    internal static bool HasPrivate(FileTree tree)
    {
        foreach (var entry in DirectoryContents.Read(tree.Blocks, tree.ReadRoot().Directory.Content))
        {
            if (entry.Name.Span.SequenceEqual(TreeName.Private))
            {
                return true;
            }
        }

        return false;
    }

    internal FileTree Rewrite()
    {
        var root = scanned.ReadRoot();
        RequireComputable(root.Links);
        var directory = Change(root.Directory, UnixPath.Root) with { Content = RewriteDirectory(root.Directory.Content, UnixPath.Root) };
        var links = RewriteLinks(root.Links);
        var block = TreeRootBlock.Write(new TreeRoot(TreeFormat.Version, directory, links));
        _blocks.Add(block);
        return new FileTree(block.Digest, _blocks);
    }

    private void RequireComputable(ObjectId links)
    {
        var linked = links.IsNone || computed.Count == 0 ? [] : LinkTable.Read(scanned.Blocks, links).Groups.SelectMany(static g => g.Paths).ToHashSet();
        foreach (var path in computed)
        {
            var fault = scanned.Find(path).Kind switch
            {
                InodeKind.None or InodeKind.Opaque => "the image does not have it",
                InodeKind.Regular when linked.Contains(path) => "it has more than one name",
                InodeKind.Regular or InodeKind.Computed => null,
                _ => "it is no regular file",
            };
            if (fault is not null)
            {
                throw new PushException($"the content of {path} cannot be computed for each machine: {fault}; nothing was pushed") { Code = PushException.NotComputable };
            }
        }
    }

    private ObjectId RewriteDirectory(ObjectId digest, UnixPath path)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var builder = new DirectoryBuilder(_blocks.Add);
        foreach (var entry in DirectoryContents.Read(scanned.Blocks, digest))
        {
            var name = entry.Name.Span;
            var inode = entry.ReadInode();
            if (inode.Kind == InodeKind.Opaque)
            {
                continue; // filtered: that is what the user asked for
            }

            var at = path.Join(name);
            if ((IsPrivate(at) ? "that is the sub's own directory on every machine" : Obstacle(inode)) is { } reason)
            {
                _leftOut.Add(new LeftOut(at, reason));
                _removedLinks.Add(at);
                continue;
            }

            inode = Change(inode, at);
            if (computed.Contains(at))
            {
                inode = new Inode { Kind = InodeKind.Computed, Mode = inode.Mode, Uid = inode.Uid, Gid = inode.Gid, Xattrs = inode.Xattrs };
            }

            builder.Add(name, inode.Kind == InodeKind.Directory ? inode with { Content = RewriteDirectory(inode.Content, at) } : inode);
        }

        return builder.Finish();
    }

    private static bool IsPrivate(UnixPath path) => path.Length > 1 && path.Span[1..].StartsWith(TreeName.Private)
        && (path.Length == 1 + TreeName.Private.Length || path.Span[1 + TreeName.Private.Length] == (byte)'/');

    private string? Obstacle(in Inode inode) => inode.Kind switch
    {
        InodeKind.Unknown => $"it cannot be read: {((Errno)inode.Errno).Meaning()}",
        InodeKind.MountPoint => "another file system is mounted there",
        InodeKind.CharacterDevice or InodeKind.BlockDevice when Unprivileged => "only root can make a device",
        _ => null,
    };

    private Inode Change(in Inode inode, UnixPath path)
    {
        if (owner is not { } given)
        {
            return inode;
        }

        return inode with { Uid = given.Uid, Gid = given.Gid, Xattrs = Unprivileged ? WithoutPrivileged(inode, path) : inode.Xattrs };
    }

    private ReadOnlyMemory<byte> WithoutPrivileged(in Inode inode, UnixPath path)
    {
        if (inode.Xattrs.IsEmpty)
        {
            return inode.Xattrs;
        }

        var all = new ExtendedAttributes(inode.Xattrs).Read();
        var kept = new List<KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>>(all.Count);
        foreach (var attribute in all)
        {
            if (attribute.Key.Span.StartsWith("security."u8) || attribute.Key.Span.StartsWith("trusted."u8))
            {
                _leftOut.Add(new LeftOut(path, $"only root can set its attribute {NameText.Escape(attribute.Key.Span)}"));
            }
            else
            {
                kept.Add(attribute);
            }
        }

        return kept.Count == all.Count ? inode.Xattrs : ExtendedAttributes.Of(kept).Encoded;
    }

    private ObjectId RewriteLinks(ObjectId links)
    {
        if (links.IsNone)
        {
            return links;
        }

        var groups = new List<LinkGroup>();
        foreach (var group in LinkTable.Read(scanned.Blocks, links).Groups)
        {
            var paths = group.Paths.Where(p => !_removedLinks.Contains(p) && !IsPrivate(p)).ToList();
            if (paths.Count > 1)
            {
                groups.Add(new LinkGroup(paths));
            }
        }

        return new LinkTable(groups).Write(_blocks.Add);
    }
}
