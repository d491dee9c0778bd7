using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>A whole file tree: its root digest and where its blocks are. An image's tree and a snapshot of a machine look alike.</summary>
/// <param name="Root">Digest of the <see cref="BlockKind.TreeRoot"/> block.</param>
/// <param name="Blocks">Where the blocks are.</param>
public sealed record FileTree(ObjectId Root, IBlockSource Blocks)
{
    /// <summary>Decodes the root block.</summary>
    public TreeRoot ReadRoot() => TreeRootBlock.Read(Blocks.Get(Root));

    /// <summary>The hard links of the tree.</summary>
    public LinkTable ReadLinks() => LinkTable.Read(Blocks, ReadRoot().Links);

    /// <summary>The inode at an absolute path, <c>/</c> being the root directory; of kind <see cref="InodeKind.None"/> when there is none.</summary>
    public Inode Find(UnixPath path)
    {
        var inode = ReadRoot().Directory;
        for (var rest = path.Span.Trim((byte)'/'); !rest.IsEmpty;)
        {
            if (inode.Kind != InodeKind.Directory)
            {
                return new Inode { Kind = InodeKind.None };
            }

            var slash = rest.IndexOf((byte)'/');
            var name = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? default : rest[(slash + 1)..];
            inode = DirectoryContents.Find(Blocks, inode.Content, name).ReadInode();
        }

        return inode;
    }
}
