using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>A directory of image names that somebody made.</summary>
[MessagePackObject]
public sealed partial record ImageDirectory
{
    /// <summary>Its path, such as <c>debian/bookworm</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Group whose members own it and what is below; empty for the owner of the directory above.</summary>
    public string OwnerGroup { get; init; } = "";

    /// <summary>Whether images in it may expire.</summary>
    public ExpiryRule Expiry { get; init; }

    /// <summary>Longest time an image that expires may last; null for any.</summary>
    public TimeSpan? MaxLifetime { get; init; }

    /// <summary>When it was made, by the server's clock.</summary>
    public DateTimeOffset CreatedOn { get; init; }

    /// <summary>Who made it.</summary>
    public string CreatedBy { get; init; } = "";
}
