using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Goes through all regular files of a machine, round and round, a slice at a time, so that each is read again some day.</summary>
/// <param name="largeFile">Larger files come alone.</param>
internal sealed class ScrubCursor(long largeFile)
{
    private const int MaxFiles = 4096;

    private IEnumerator<(UnixPath Path, long Size)>? _files;
    private UnixPath? _large;

    /// <summary>Times all files were gone through.</summary>
    public long Passes { get; private set; }

    /// <summary>The next files, of about so many bytes, at least one file; nothing at the end of a pass.</summary>
    public ScrubSlice Next(MachineTree tree, long bytes)
    {
        if (_large is { } waiting)
        {
            _large = null;
            return new ScrubSlice([], waiting);
        }

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

            var (path, size) = _files.Current;
            if (size > largeFile)
            {
                if (slice.Count == 0)
                {
                    return new ScrubSlice([], path);
                }

                _large = path;
                break;
            }

            slice.Add(path);
            bytes -= Math.Max(size, 4096);
        }

        return new ScrubSlice(slice, null);
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
                else if (inode is { Kind: InodeKind.Regular, Size: > 0, IsUnread: false })
                {
                    yield return (next.Path.Join(entry.Name.Span), (long)inode.Size);
                }
            }
        }
    }
}
