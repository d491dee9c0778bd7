using Dom.Core.Contracts.ImageServer;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.ImageServer;

/// <summary>What is stored of a name: the image it stands for, or that it is deleted.</summary>
[MessagePackObject]
public sealed partial record NameRecord
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>Digest of the manifest.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>Inodes in the tree.</summary>
    public long Inodes { get; init; }

    /// <summary>Bytes of its regular files.</summary>
    public long Bytes { get; init; }

    /// <summary>When it was added.</summary>
    public DateTimeOffset CreatedOn { get; init; }

    /// <summary>Who added it.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>When it was deleted; null while the name stands for the image.</summary>
    public DateTimeOffset? DeletedOn { get; init; }

    /// <summary>Who deleted it.</summary>
    public string DeletedBy { get; init; } = "";

    /// <summary>When the image goes; null for never. What the manifest says counts only when the image is added.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }

    /// <summary>True once the image is to be forgotten.</summary>
    internal bool HasExpired(DateTimeOffset now) => DeletedOn is null && ExpiresOn <= now;

    /// <summary>The form lists and answers have.</summary>
    internal ImageInfo ToInfo() => new()
    {
        Name = Name,
        Manifest = Manifest,
        Inodes = Inodes,
        Bytes = Bytes,
        CreatedOn = CreatedOn,
        CreatedBy = CreatedBy,
        ExpiresOn = ExpiresOn,
    };
}
