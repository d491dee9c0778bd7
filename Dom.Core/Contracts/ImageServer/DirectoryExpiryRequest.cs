using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Says whether images in a directory may expire.</summary>
[MessagePackObject]
public sealed partial record DirectoryExpiryRequest
{
    /// <summary>The directory.</summary>
    public required string Path { get; init; }

    /// <summary>The rule.</summary>
    public ExpiryRule Expiry { get; init; }

    /// <summary>Longest time an image that expires may last; null for any.</summary>
    public TimeSpan? MaxLifetime { get; init; }
}
