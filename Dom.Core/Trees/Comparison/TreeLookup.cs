using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>Finds the entry of a path.</summary>
internal static class TreeLookup
{
    /// <summary>The entry at an absolute path other than the root; none when there is none.</summary>
    public static EntryRef Find(FileTree tree, UnixPath path)
    {
        var directory = tree.ReadRoot().Directory.Content;
        for (var rest = path.Span.Trim((byte)'/'); ;)
        {
            var slash = rest.IndexOf((byte)'/');
            var entry = DirectoryContents.Find(tree.Blocks, directory, slash < 0 ? rest : rest[..slash]);
            if (slash < 0)
            {
                return entry;
            }

            var inode = entry.ReadInode();
            if (inode.Kind != InodeKind.Directory)
            {
                return default;
            }

            directory = inode.Content;
            rest = rest[(slash + 1)..];
        }
    }
}
