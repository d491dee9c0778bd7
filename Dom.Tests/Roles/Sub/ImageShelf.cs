using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Core.Trees.Editing;
using Dom.Core.Trees.Scanning;

namespace Dom.Tests.Roles.Sub;

/// <summary>An object server in memory, with images made of real directories.</summary>
internal sealed class ImageShelf
{
    private readonly ConcurrentDictionary<ObjectId, byte[]> _contents = new();
    private int _sent;

    public ImageShelf() => Router.MapServerStream(ObjectServerMethods.GetObjects, (request, _, cancellationToken) => SendAsync(request, cancellationToken));

    public RpcRouter Router { get; } = new();

    /// <summary>Objects (not blocks and manifests) that were asked for.</summary>
    public ConcurrentQueue<ObjectId> Asked { get; } = new();

    /// <summary>Messages sent.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Awaited before each chunk.</summary>
    public Func<CancellationToken, Task> BeforeChunk { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Makes an image of a directory and returns its reference.</summary>
    /// <param name="name">Name of the image.</param>
    /// <param name="directory">The directory.</param>
    /// <param name="change">Changes the manifest.</param>
    /// <param name="computed">Files whose content is computed for each machine.</param>
    public async Task<ImageReference> AddAsync(string name, string directory, Func<Manifest, Manifest>? change = null, params string[] computed)
    {
        using var root = DirectoryHandle.Open(directory);
        var scan = await new TreeScanner(root, new ScanOptions { ReadAhead = false }).ScanAsync(new ScanRequest(), null, CancellationToken.None);
        var tree = computed.Length == 0 ? scan.Tree.Tree : WithComputed(scan.Tree.Tree, computed);
        var inventory = TreeInventory.Read(tree, CancellationToken.None);
        foreach (var digest in inventory.Blocks.Append(tree.Root))
        {
            _contents[digest] = tree.Blocks.Get(digest).Bytes.ToArray();
        }

        foreach (var file in Directory.EnumerateFiles(directory, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            if (new FileInfo(file).LinkTarget is null)
            {
                AddContent(await File.ReadAllBytesAsync(file));
            }
        }

        var manifest = new Manifest
        {
            Format = Manifest.CurrentFormat,
            Root = tree.Root,
            Inodes = inventory.Inodes,
            Directories = inventory.Directories,
            Files = inventory.Files,
            Bytes = inventory.Bytes,
            ComputedPaths = [.. computed.Select(static path => new ComputedPath { Path = UnixPath.Of(path), Source = "generator:6972" })],
        };
        var bytes = (change?.Invoke(manifest) ?? manifest).Encode();
        return new ImageReference { Name = name, Manifest = AddContent(bytes) };
    }

    /// <summary>Content by its digest.</summary>
    public byte[] Get(ObjectId id) => _contents[id];

    public ObjectId AddContent(byte[] content)
    {
        var id = ObjectId.Of(content);
        _contents[id] = content;
        return id;
    }

    private static FileTree WithComputed(FileTree tree, string[] computed)
    {
        var edited = new EditableTree();
        edited.PutAll(tree, CancellationToken.None);
        foreach (var path in computed)
        {
            var file = edited.Find(UnixPath.Of(path))?.Inode ?? throw new ArgumentException($"the image has no {path}", nameof(computed));
            edited.Put(UnixPath.Of(path), new Inode { Kind = InodeKind.Computed, Mode = file.Mode, Uid = file.Uid, Gid = file.Gid });
        }

        return edited.Write(CancellationToken.None);
    }

    private async IAsyncEnumerable<ObjectChunk> SendAsync(GetObjectsRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var offset = request.Offset;
        foreach (var id in request.Ids)
        {
            if (request.Kind == ObjectKind.Object)
            {
                Asked.Enqueue(id);
            }

            if (!_contents.TryGetValue(id, out var content))
            {
                throw new RpcException(RpcStatus.NotFound, $"{request.Kind} {id} is not on this shelf");
            }

            while (offset < content.Length)
            {
                await BeforeChunk(cancellationToken);
                var length = (int)Math.Min(ObjectChunk.MaxBytes, content.Length - offset);
                Interlocked.Increment(ref _sent);
                yield return new ObjectChunk { Kind = request.Kind, Id = id, Size = content.Length, Offset = offset, Data = content.AsMemory((int)offset, length) };
                offset += length;
            }

            offset = 0;
        }
    }
}
