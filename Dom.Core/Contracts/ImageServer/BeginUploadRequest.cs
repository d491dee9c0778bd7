using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>Asks for a lease under which objects and blocks are uploaded before an image names them.</summary>
[MessagePackObject]
public sealed partial record BeginUploadRequest
{
    /// <summary>Name the image will have; refused at once when it cannot be used.</summary>
    public required string Name { get; init; }

    /// <summary>Bytes that may have to be stored, for the check of free space.</summary>
    public long Bytes { get; init; }
}
