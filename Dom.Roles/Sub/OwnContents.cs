using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Roles.Sub;

/// <summary>Finds contents by digest in a machine's own tree.</summary>
internal static class OwnContents
{
    /// <summary>One path for each wanted content the tree holds.</summary>
    public static IEnumerable<(UnixPath Path, ObjectId Content)> Find(FileTree tree, IReadOnlyDictionary<ObjectId, long> wanted)
    {
        var left = wanted.Keys.ToHashSet();
        var open = new Stack<(UnixPath Path, ObjectId Directory)>();
        open.Push((UnixPath.Root, tree.ReadRoot().Directory.Content));
        while (left.Count > 0 && open.TryPop(out var next))
        {
            foreach (var entry in DirectoryContents.Read(tree.Blocks, next.Directory))
            {
                var inode = entry.ReadInode();
                if (inode.Kind == InodeKind.Directory)
                {
                    open.Push((next.Path.Join(entry.Name.Span), inode.Content));
                }
                else if (inode.Kind == InodeKind.Regular && left.Remove(inode.Content))
                {
                    yield return (next.Path.Join(entry.Name.Span), inode.Content);
                }
            }
        }
    }
}
