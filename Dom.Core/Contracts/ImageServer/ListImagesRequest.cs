using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Asks for images by name.</summary>
[MessagePackObject]
public sealed partial record ListImagesRequest
{
    /// <summary>Only names in this directory or below; empty for all.</summary>
    public string Directory { get; init; } = "";
}
