using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Lets an image last longer.</summary>
[MessagePackObject]
public sealed partial record ImageExpiryRequest
{
    /// <summary>The image.</summary>
    public required string Name { get; init; }

    /// <summary>When it goes, later than so far; null for never.</summary>
    public DateTimeOffset? ExpiresOn { get; init; }
}
