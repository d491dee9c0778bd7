using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>An image as lists show it.</summary>
[MessagePackObject]
public sealed partial record ImageInfo
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of its manifest.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>Inodes in the tree.</summary>
    public long Inodes { get; init; }

    /// <summary>Bytes of its regular files.</summary>
    public long Bytes { get; init; }

    /// <summary>When it was added, by the server's clock.</summary>
    public DateTimeOffset CreatedOn { get; init; }

    /// <summary>User whose certificate added it.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>When it goes; null for never.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }
}
