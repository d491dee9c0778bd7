using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Roles.ImageServer;

/// <summary>A line of the list of an image's files.</summary>
internal readonly record struct ImageFileRow(UnixPath Path, Inode Inode)
{
    /// <summary>All paths of a tree from one on, a directory before what is in it, in the order of names. Nothing but the way down is held.</summary>
    /// <exception cref="MissingBlockException">A block is missing.</exception>
    /// <exception cref="CorruptTreeException">A block does not follow the format.</exception>
    public static IEnumerable<ImageFileRow> Below(IBlockSource blocks, UnixPath path, Inode inode)
    {
        var open = new Stack<IEnumerator<ImageFileRow>>();
        yield return new ImageFileRow(path, inode);
        if (inode.Kind == InodeKind.Directory)
        {
            open.Push(Entries(blocks, path, inode.Content).GetEnumerator());
        }

        while (open.TryPeek(out var entries))
        {
            if (!entries.MoveNext())
            {
                entries.Dispose();
                open.Pop();
                continue;
            }

            yield return entries.Current;
            if (entries.Current.Inode.Kind == InodeKind.Directory)
            {
                open.Push(open.Count <= TreeFormat.MaxDepth
                    ? Entries(blocks, entries.Current.Path, entries.Current.Inode.Content).GetEnumerator()
                    : throw new CorruptTreeException($"'{entries.Current.Path}' is nested too deeply"));
            }
        }
    }

    private static IEnumerable<ImageFileRow> Entries(IBlockSource blocks, UnixPath path, ObjectId directory) =>
        DirectoryContents.Read(blocks, directory).Select(entry => new ImageFileRow(path.Join(entry.Name.Span), entry.ReadInode()));
}
