using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Gives a manifest a name. Every block and object below its root must be stored.</summary>
[MessagePackObject]
public sealed partial record AddImageRequest
{
    /// <summary>The name.</summary>
    public required string Name { get; init; }

    /// <summary>The manifest in canonical form, without creator and time: the server adds these.</summary>
    public required byte[] Manifest { get; init; }

    /// <summary>The upload's lease, ended by this call; empty when nothing was uploaded.</summary>
    public string Lease { get; init; } = "";
}
