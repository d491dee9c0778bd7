using Dom.Core.Contracts.ImageServer;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Roles.ImageServer.Directories;

/// <summary>What is stored of a directory of image names.</summary>
[MessagePackObject]
public sealed partial record DirectoryRecord
{
    /// <summary>Its path.</summary>
    public required string Path { get; init; }

    /// <summary>Group that owns it; empty for the owner of the directory above.</summary>
    public string OwnerGroup { get; init; } = "";

    /// <summary>Whether images in it may expire.</summary>
    public ExpiryRule Expiry { get; init; }

    /// <summary>Longest time an image that expires may last; null for any.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedOn { get; init; }

    /// <summary>Who made it.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>The form lists and answers have.</summary>
    internal ImageDirectory ToInfo() => new()
    {
        Path = Path,
        OwnerGroup = OwnerGroup,
        Expiry = Expiry,
        MaxLifetime = MaxLifetime,
        CreatedOn = CreatedOn,
        CreatedBy = CreatedBy,
    };
}
