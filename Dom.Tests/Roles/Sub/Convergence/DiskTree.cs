using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Writing;
using Dom.Tests.Core.Trees.Comparison;

namespace Dom.Tests.Roles.Sub.Convergence;

/// <summary>Makes an in-memory file system on disk.</summary>
internal static class DiskTree
{
    private static readonly ObjectId AnyBlock = ObjectId.Of("any"u8);

    public static void Write(ModelTree tree, DirectoryHandle root)
    {
        var writer = new InodeWriter();
        var written = new Dictionary<ModelInode, string>(ReferenceEqualityComparer.Instance);
        foreach (var (path, inode) in tree.Entries)
        {
            if (path == "/")
            {
                continue;
            }

            using var parent = root.OpenBelow(Bytes(ModelTree.Parent(path)[1..]));
            var name = Bytes(path[(path.LastIndexOf('/') + 1)..]);
            if (inode.Kind != InodeKind.Directory && written.TryGetValue(inode, out var first))
            {
                using var other = root.OpenBelow(Bytes(ModelTree.Parent(first)[1..]));
                other.Link(Bytes(first[(first.LastIndexOf('/') + 1)..]), parent, name);
                continue;
            }

            written[inode] = path;
            writer.Write(parent, name, inode.ToInode(AnyBlock), inode.Content.Length == 0 ? null : new MemoryStream(Bytes(inode.Content)));
        }

        InodeMetadata.Set(root, "."u8, tree.Entries["/"].ToInode(AnyBlock));
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
