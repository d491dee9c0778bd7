using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Names one image.</summary>
[MessagePackObject]
public sealed partial record ImageNameRequest
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }
}
