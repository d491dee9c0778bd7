using Dom.Core.Contracts.ImageServer;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>An image's manifest and tree in memory, without the contents of its files.</summary>
public sealed class DownloadedImage : IBlockSource
{
    private readonly MemoryObjectStore _blocks = new(TreeFormat.MaxBlockBytes);

    private DownloadedImage(ImageInfo info, Manifest manifest)
    {
        Info = info;
        Manifest = manifest;
    }

    /// <summary>Name, digest, creator.</summary>
    public ImageInfo Info { get; }

    /// <summary>The manifest.</summary>
    public Manifest Manifest { get; }

    /// <summary>The tree.</summary>
    public FileTree Tree => new(Manifest.Root, this);

    /// <summary>Every object of the tree, each once.</summary>
    public IReadOnlyCollection<ObjectReference> Objects { get; private set; } = [];

    /// <summary>Reads an image by name.</summary>
    /// <exception cref="RpcException">There is none, or the server cannot be reached.</exception>
    /// <exception cref="CorruptObjectException">The manifest is not what its digest says.</exception>
    public static async Task<DownloadedImage> ReadAsync(ImageSource server, ImageName name, CancellationToken cancellationToken)
    {
        var response = await server.Channel.CallAsync(ImageServerMethods.GetImage, new ImageNameRequest { Name = name.ToString() }, cancellationToken);
        if (ObjectId.Of(response.Manifest) is var actual && actual != response.Info.Manifest)
        {
            throw new CorruptObjectException(response.Info.Manifest, $"{server.Name} sent a manifest with the digest {actual}");
        }

        return new DownloadedImage(response.Info, Manifest.Decode(response.Manifest));
    }

    /// <summary>Reads an image by name, and all blocks of its tree.</summary>
    /// <exception cref="ImageFetchException">A block was not delivered.</exception>
    public static async Task<DownloadedImage> ReadTreeAsync(ImageSource server, ImageName name, CancellationToken cancellationToken)
    {
        var image = await ReadAsync(server, name, cancellationToken);
        image.Objects = await new ImageDownloader([server]).FetchTreeAsync(image.Manifest.Root, image._blocks, known: null, cancellationToken);
        return image;
    }

    /// <inheritdoc/>
    public Block Get(ObjectId digest) => _blocks.TryGet(digest, out var bytes) ? new Block(digest, bytes) : throw new MissingBlockException(digest);
}
