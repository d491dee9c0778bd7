using Dom.Core.Archives;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>Writes an image as a PAX archive: the same tree gives the same bytes. Nothing is stored on the way.</summary>
/// <param name="image">The image with its tree.</param>
/// <param name="feed">Where contents come from.</param>
public sealed class ImageTarWriter(DownloadedImage image, ObjectFeed feed)
{
    private const int BatchEntries = 4096;

    private readonly List<LeftOut> _leftOut = [];
    private readonly Dictionary<LinkGroup, UnixPath> _firstNames = [];

    /// <summary>What an archive cannot hold.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Writes all members in the order of a walk; of a file with several names the first is the file and the others are links to it.</summary>
    /// <exception cref="CorruptObjectException">Contents are damaged; the archive has no mark of its end.</exception>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        var writer = new TarWriter(output);
        var links = image.Tree.ReadLinks();
        var batch = new List<(UnixPath Path, Inode Inode, UnixPath Link)>(BatchEntries);
        foreach (var (path, inode) in Walk())
        {
            if (inode.Kind == InodeKind.Computed)
            {
                _leftOut.Add(new LeftOut(path, "its content is computed for each machine"));
                continue;
            }

            batch.Add((path, inode, LinkOf(links.Find(path), path)));
            if (batch.Count == BatchEntries)
            {
                await WriteAsync(writer, batch, cancellationToken);
                batch.Clear();
            }
        }

        await WriteAsync(writer, batch, cancellationToken);
        await writer.FinishAsync(cancellationToken);
    }

    private async Task WriteAsync(TarWriter writer, List<(UnixPath Path, Inode Inode, UnixPath Link)> batch, CancellationToken cancellationToken)
    {
        var objects = batch.Where(static e => HasContent(e.Inode, e.Link)).Select(static e => new ObjectReference(e.Inode.Content, (long)e.Inode.Size)).ToList();
        await using var contents = feed.ReadAsync(objects, cancellationToken).GetAsyncEnumerator(cancellationToken);
        foreach (var (path, inode, link) in batch)
        {
            await writer.WriteHeaderAsync(NameOf(path), inode, link, cancellationToken);
            for (var rest = HasContent(inode, link) ? (long)inode.Size : 0; rest > 0;)
            {
                if (!await contents.MoveNextAsync())
                {
                    throw new InvalidOperationException($"no content came for '{path}'");
                }

                await writer.WriteContentAsync(contents.Current, cancellationToken);
                rest -= contents.Current.Length;
            }
        }
    }

    /// <summary>The name under which the file was written before; empty for the first.</summary>
    /// <remarks>That need not be the first of its group: "/a-b" stands before "/a/b" in the order of bytes, and after it in a walk.</remarks>
    private UnixPath LinkOf(LinkGroup? group, UnixPath path)
    {
        if (group is null)
        {
            return default;
        }

        if (_firstNames.TryGetValue(group, out var first))
        {
            return first;
        }

        _firstNames.Add(group, NameOf(path));
        return default;
    }

    private static bool HasContent(in Inode inode, UnixPath link) => inode.Kind == InodeKind.Regular && !inode.Content.IsNone && link.IsEmpty;

    private static UnixPath NameOf(UnixPath path) => path == UnixPath.Root ? UnixPath.Of("./") : new UnixPath((byte[])[(byte)'.', .. path.Span]);

    /// <summary>Directories before what they hold.</summary>
    private IEnumerable<(UnixPath Path, Inode Inode)> Walk()
    {
        var root = image.Tree.ReadRoot().Directory;
        return Walk(root.Content, UnixPath.Root).Prepend((UnixPath.Root, root));
    }

    private IEnumerable<(UnixPath Path, Inode Inode)> Walk(ObjectId directory, UnixPath path)
    {
        foreach (var entry in DirectoryContents.Read(image, directory))
        {
            var at = path.Join(entry.Name.Span);
            var inode = entry.ReadInode();
            yield return (at, inode);
            if (inode.Kind == InodeKind.Directory)
            {
                foreach (var below in Walk(inode.Content, at))
                {
                    yield return below;
                }
            }
        }
    }
}
