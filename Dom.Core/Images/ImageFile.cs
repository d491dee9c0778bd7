using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>Finds files of an image as a program on the machine would: symbolic links are followed, and the root of the image is the root.</summary>
public static class ImageFile
{
    private const int MaxLinks = 40;

    /// <summary>Follows a path to what it leads to.</summary>
    /// <returns>The path without links in it, and the inode there; kind none when there is nothing.</returns>
    /// <exception cref="IOException">The links go round in a circle.</exception>
    public static (UnixPath Path, Inode Inode) Find(FileTree tree, UnixPath path)
    {
        var root = tree.ReadRoot().Directory;
        var walked = new Stack<(UnixPath Path, Inode Inode)>([(UnixPath.Root, root)]);
        var names = new Stack<ReadOnlyMemory<byte>>();
        Push(names, path.Bytes);
        for (var links = 0; names.TryPop(out var name);)
        {
            var (at, directory) = walked.Peek();
            if (name.Span.SequenceEqual(".."u8))
            {
                _ = walked.Count > 1 ? walked.Pop() : default;
                continue;
            }

            var inode = directory.Kind == InodeKind.Directory ? DirectoryContents.Find(tree.Blocks, directory.Content, name.Span).ReadInode() : default;
            if (inode.Kind == InodeKind.None)
            {
                return (at.Join(name.Span), new Inode { Kind = InodeKind.None });
            }

            if (inode.Kind != InodeKind.Symlink)
            {
                walked.Push((at.Join(name.Span), inode));
                continue;
            }

            if (++links > MaxLinks)
            {
                throw new IOException($"'{path}' leads through more than {MaxLinks} symbolic links");
            }

            if (inode.Target.Span[0] == (byte)'/')
            {
                walked = new([(UnixPath.Root, root)]);
            }

            Push(names, inode.Target);
        }

        return walked.Peek();
    }

    private static void Push(Stack<ReadOnlyMemory<byte>> names, ReadOnlyMemory<byte> path)
    {
        var parts = new List<ReadOnlyMemory<byte>>();
        foreach (var range in path.Span.Split((byte)'/'))
        {
            if (!path[range].IsEmpty && !path[range].Span.SequenceEqual("."u8))
            {
                parts.Add(path[range]);
            }
        }

        parts.Reverse();
        parts.ForEach(names.Push);
    }
}
