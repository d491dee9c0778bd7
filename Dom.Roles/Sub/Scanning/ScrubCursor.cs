using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Goes through all regular files of a machine, round and round, a slice at a time, so that each is read again some day.</summary>
internal sealed class ScrubCursor
{
    private const int MaxFiles = 4096;

    private IEnumerator<(UnixPath Path, long Size)>? _files;

    /// <summary>Times all files were gone through.</summary>
    public long Passes { get; private set; }

    /// <summary>The next files, of about so many bytes; at least one file.</summary>
    public IReadOnlyList<UnixPath> Next(MachineTree tree, long bytes)
    {
        var slice = new List<UnixPath>();
        _files ??= FilesOf(tree.Tree).GetEnumerator();
        while (bytes > 0 && slice.Count < MaxFiles)
        {
            if (!_files.MoveNext())
            {
                _files.Dispose();
                _files = null;
                Passes++;
                break;
            }

            slice.Add(_files.Current.Path);
            bytes -= Math.Max(_files.Current.Size, 4096);
        }

        return slice;
    }

    private static IEnumerable<(UnixPath, long)> FilesOf(FileTree tree)
    {
        var open = new Stack<(UnixPath Path, Core.Objects.ObjectId Directory)>();
        open.Push((UnixPath.Root, tree.ReadRoot().Directory.Content));
        while (open.TryPop(out var next))
        {
            foreach (var entry in DirectoryContents.Read(tree.Blocks, next.Directory))
            {
                var inode = entry.ReadInode();
                if (inode.Kind == InodeKind.Directory)
                {
                    open.Push((next.Path.Join(entry.Name.Span), inode.Content));
                }
                else if (inode.Kind == InodeKind.Regular && inode.Size > 0)
                {
                    yield return (next.Path.Join(entry.Name.Span), (long)inode.Size);
                }
            }
        }
    }
}
