using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>One page of a list.</summary>
[MessagePackObject]
public sealed partial record ListImagesResponse
{
    /// <summary>Images in version-aware order of their names.</summary>
    public IReadOnlyList<ImageInfo> Images { get; init; } = [];
}
