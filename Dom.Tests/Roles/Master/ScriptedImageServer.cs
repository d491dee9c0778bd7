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
    private readonly ConcurrentDictionary<string, byte[]> _images = new();
    private int _asked;

    public ScriptedImageServer() => Router.Map(ImageServerMethods.GetImage, (request, _, _) =>
    {
        Interlocked.Increment(ref _asked);
        if (Fault is { } fault)
        {
            throw fault;
        }

        return _images.TryGetValue(request.Name, out var manifest)
            ? ValueTask.FromResult(new ImageResponse { Info = new ImageInfo { Name = request.Name, Manifest = Digest(manifest) }, Manifest = manifest })
            : throw new RpcException(RpcStatus.NotFound, $"there is no image '{request.Name}'");
    });

    public RpcRouter Router { get; } = new();

    public RpcException? Fault { get; set; }

    public int Asked => Volatile.Read(ref _asked);

    /// <summary>Adds an image; returns the digest of its manifest.</summary>
    public ObjectId Add(string name, ImageMode mode = ImageMode.Full)
    {
        var manifest = new Manifest { Format = Manifest.CurrentFormat, Root = ScriptedSub.Id(name), Mode = mode, Inodes = 100, Directories = 10 }.Encode();
        _images[name] = manifest;
        return Digest(manifest);
    }

    /// <summary>Adds an image of this manifest.</summary>
    public void Add(string name, byte[] manifest) => _images[name] = manifest;

    public void Remove(string name) => _images.TryRemove(name, out _);

    private static ObjectId Digest(byte[] manifest) => new(SHA256.HashData(manifest));
}
