using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Names one directory.</summary>
[MessagePackObject]
public sealed partial record DirectoryRequest
{
    /// <summary>Its path.</summary>
    public string Path { get; init; } = "";
}
