using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Gives a directory to another group.</summary>
[MessagePackObject]
public sealed partial record ChownDirectoryRequest
{
    /// <summary>Its path.</summary>
    public required string Path { get; init; }

    /// <summary>The new owner; empty for the owner of the directory above.</summary>
    public string OwnerGroup { get; init; } = "";
}
