using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Writing;

namespace Dom.Core.Images;

/// <summary>Makes the files of an image in an empty directory, with owners, modes, attributes, times and links.</summary>
/// <remarks>Objects are fetched in batches into a store below the directory and removed after each, so that little more space is needed than the files take.</remarks>
public sealed class ImageUnpacker
{
    private const long BatchBytes = 256L << 20;
    private const int BatchObjects = 4096;
    private const uint PrivateDirectory = 0x1c0; // 0700

    private static readonly byte[] Stage = ".dom-get"u8.ToArray();

    private readonly DownloadedImage _image;
    private readonly ImageDownloader _downloader;
    private readonly InodeWriter _writer;
    private readonly Dictionary<ObjectId, List<(UnixPath Path, Inode Inode)>> _files = [];
    private readonly List<(UnixPath Path, Inode Inode)> _directories = [];
    private readonly HashSet<UnixPath> _laterNames = [];
    private readonly List<LeftOut> _leftOut = [];

    /// <summary>Prepares to unpack an image.</summary>
    /// <param name="image">The image with its tree.</param>
    /// <param name="downloader">Where its objects come from.</param>
    /// <param name="unprivileged">True to leave out what only root can make: devices, other owners, privileged attributes.</param>
    public ImageUnpacker(DownloadedImage image, ImageDownloader downloader, bool unprivileged)
    {
        _image = image;
        _downloader = downloader;
        _writer = new InodeWriter { Unprivileged = unprivileged };
    }

    /// <summary>What could not be made.</summary>
    public IReadOnlyList<LeftOut> LeftOut => _leftOut;

    /// <summary>Unpacks into a directory, which is made when it does not exist and must be empty.</summary>
    /// <exception cref="IOException">The directory is not empty, or a file cannot be made.</exception>
    /// <exception cref="ImageFetchException">An object was not delivered.</exception>
    public async Task UnpackAsync(string directory, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(directory);
        using var root = DirectoryHandle.Open(directory);
        RequireEmpty(root, directory);
        root.MakeDirectory(Stage, PrivateDirectory);
        try
        {
            var tree = _image.Tree.ReadRoot();
            var links = LinkTable.Read(_image, tree.Links);
            _laterNames.UnionWith(links.Groups.SelectMany(static g => g.Paths.Skip(1)));
            MakeDirectory(root, tree.Directory.Content, UnixPath.Root, cancellationToken);
            await WriteFilesAsync(root, cancellationToken);
            MakeLinks(root, links);
            SetDirectories(root);
            InodeMetadata.Set(root, tree.Directory, unprivileged: _writer.Unprivileged);
        }
        finally
        {
            Directory.Delete(Path.Combine(directory, ".dom-get"), recursive: true);
        }

        root.SyncFileSystem();
    }

    private static void RequireEmpty(DirectoryHandle root, string directory)
    {
        var reader = new DirectoryReader();
        reader.Begin(root);
        var isOccupied = reader.MoveNext(out var error);
        if (error != Errno.None)
        {
            throw new LinuxException(error, "list", directory);
        }

        if (isOccupied)
        {
            throw new IOException($"'{directory}' is not empty; name a new or an empty directory");
        }
    }

    /// <summary>Makes directories, and all files that need no object; remembers the others.</summary>
    private void MakeDirectory(DirectoryHandle handle, ObjectId digest, UnixPath path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        foreach (var entry in DirectoryContents.Read(_image, digest))
        {
            var at = path.Join(entry.Name.Span);
            var inode = entry.ReadInode();
            if (inode.Kind == InodeKind.Directory)
            {
                handle.MakeDirectory(entry.Name.Span, PrivateDirectory);
                _directories.Add((at, inode));
                using var below = handle.OpenDirectory(entry.Name.Span);
                MakeDirectory(below, inode.Content, at, cancellationToken);
            }
            else if (inode.Kind == InodeKind.Regular && !inode.Content.IsNone)
            {
                Remember(at, inode);
            }
            else if (!_laterNames.Contains(at))
            {
                WriteSmall(handle, entry.Name.Span, at, inode);
            }
        }
    }

    private void Remember(UnixPath path, in Inode inode)
    {
        if (_laterNames.Contains(path))
        {
            return;
        }

        if (!_files.TryGetValue(inode.Content, out var paths))
        {
            _files.Add(inode.Content, paths = []);
        }

        paths.Add((path, inode));
    }

    private void WriteSmall(DirectoryHandle directory, ReadOnlySpan<byte> name, UnixPath path, in Inode inode)
    {
        if (inode.Kind == InodeKind.Computed)
        {
            _leftOut.Add(new LeftOut(path, "its content is computed for each machine"));
        }
        else if (_writer.Unprivileged && inode.Kind is InodeKind.CharacterDevice or InodeKind.BlockDevice)
        {
            _leftOut.Add(new LeftOut(path, "only root can make a device"));
        }
        else
        {
            _writer.Write(directory, name, inode);
        }
    }

    private async Task WriteFilesAsync(DirectoryHandle root, CancellationToken cancellationToken)
    {
        await using var store = FileObjectStore.Open(root.OpenDirectory(Stage), DateTimeOffset.UnixEpoch);
        foreach (var batch in Batches())
        {
            await _downloader.FetchObjectsAsync(batch, store, cancellationToken);
            foreach (var reference in batch)
            {
                cancellationToken.ThrowIfCancellationRequested();
                foreach (var (path, inode) in _files[reference.Id])
                {
                    using var content = store.OpenFile(reference.Id);
                    using var parent = OpenParent(root, path);
                    _writer.WriteFile(parent, path.Name, inode, inode.Content, reference.Size, content);
                }

                store.Remove(reference.Id);
            }
        }
    }

    private IEnumerable<List<ObjectReference>> Batches()
    {
        var batch = new List<ObjectReference>();
        var bytes = 0L;
        foreach (var (id, paths) in _files)
        {
            var size = (long)paths[0].Inode.Size;
            batch.Add(new ObjectReference(id, size));
            bytes += size;
            if (bytes >= BatchBytes || batch.Count >= BatchObjects)
            {
                yield return batch;
                batch = [];
                bytes = 0;
            }
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    private void MakeLinks(DirectoryHandle root, LinkTable links)
    {
        foreach (var group in links.Groups)
        {
            if (_leftOut.Any(l => l.Path == group.Paths[0]))
            {
                _leftOut.AddRange(group.Paths.Skip(1).Select(static p => new LeftOut(p, "it is another name of a file that was left out")));
                continue;
            }

            using var first = OpenParent(root, group.Paths[0]);
            foreach (var path in group.Paths.Skip(1))
            {
                using var parent = OpenParent(root, path);
                first.Link(group.Paths[0].Name, parent, path.Name);
            }
        }
    }

    /// <summary>From the bottom up and last of all, since a directory may end without the right to write in it.</summary>
    private void SetDirectories(DirectoryHandle root)
    {
        for (var i = _directories.Count - 1; i >= 0; i--)
        {
            var (path, inode) = _directories[i];
            using var parent = OpenParent(root, path);
            InodeMetadata.Set(parent, path.Name, inode, unprivileged: _writer.Unprivileged);
        }
    }

    private static DirectoryHandle OpenParent(DirectoryHandle root, UnixPath path) => root.OpenBelow(path.Parent.Span.TrimStart((byte)'/'));
}
