using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Makes a directory of image names.</summary>
[MessagePackObject]
public sealed partial record MakeDirectoryRequest
{
    /// <summary>Its path.</summary>
    public required string Path { get; init; }

    /// <summary>Group that owns it; empty for the owner of the directory above.</summary>
    public string OwnerGroup { get; init; } = "";

    /// <summary>Also make what is missing above it; one that exists is no error.</summary>
    public bool Parents { get; init; }
}
