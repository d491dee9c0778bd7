using System.Collections.Concurrent;
using System.Security.Cryptography;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Rpc;

namespace Dom.Tests.Roles.Master;

/// <summary>An image server that has the names a test gives it.</summary>
internal sealed class ScriptedImageServer
{
    private readonly ConcurrentDictionary<string, (byte[] Manifest, DateTimeOffset Added)> _images = new();
    private readonly ConcurrentQueue<string> _directories = new();
    private int _asked;
    private int _added;

    public ScriptedImageServer()
    {
        Router.Map(ImageServerMethods.GetImage, (request, _, _) =>
        {
            Interlocked.Increment(ref _asked);
            ThrowFault();
            return _images.TryGetValue(request.Name, out var image)
                ? ValueTask.FromResult(new ImageResponse { Info = Info(request.Name, image), Manifest = image.Manifest })
                : throw new RpcException(RpcStatus.NotFound, $"there is no image '{request.Name}'");
        });
        Router.Map(ImageServerMethods.FindLatestImage, (request, _, _) =>
        {
            _directories.Enqueue(request.Directory);
            ThrowFault();
            Assert.That(request is { NotBelow: true, IgnoreExpiring: true });
            return ValueTask.FromResult(_images.Where(i => ImageName.Parse(i.Key).Directory == request.Directory).OrderBy(static i => i.Value.Added).Select(static i => Info(i.Key, i.Value)).LastOrDefault()
                ?? throw new RpcException(RpcStatus.NotFound, $"no image is in {request.Directory}"));
        });
    }

    public RpcRouter Router { get; } = new();

    public RpcException? Fault { get; set; }

    public int Asked => Volatile.Read(ref _asked);

    /// <summary>The directories whose newest image was asked for.</summary>
    public IReadOnlyList<string> Directories => [.. _directories];

    /// <summary>Adds an image; returns the digest of its manifest.</summary>
    public ObjectId Add(string name, ImageMode mode = ImageMode.Full)
    {
        var manifest = new Manifest { Format = Manifest.CurrentFormat, Root = ScriptedSub.Id(name), Mode = mode, Inodes = 100, Directories = 10 }.Encode();
        Add(name, manifest);
        return Digest(manifest);
    }

    /// <summary>Adds an image of this manifest.</summary>
    public void Add(string name, byte[] manifest) => _images[name] = (manifest, DateTimeOffset.UnixEpoch.AddHours(Interlocked.Increment(ref _added)));

    public void Remove(string name) => _images.TryRemove(name, out _);

    private void ThrowFault()
    {
        if (Fault is { } fault)
        {
            throw fault;
        }
    }

    private static ImageInfo Info(string name, (byte[] Manifest, DateTimeOffset Added) image) => new() { Name = name, Manifest = Digest(image.Manifest), CreatedOn = image.Added };

    private static ObjectId Digest(byte[] manifest) => new(SHA256.HashData(manifest));
}
