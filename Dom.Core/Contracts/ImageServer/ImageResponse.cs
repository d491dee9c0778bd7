using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>An image: its manifest, to be decoded by Dom.Core.Images.</summary>
[MessagePackObject]
public sealed partial record ImageResponse
{
    /// <summary>Facts for lists.</summary>
    public required ImageInfo Info { get; init; }

    /// <summary>The manifest as stored; SHA-256 of it is the digest.</summary>
    public required byte[] Manifest { get; init; }
}
