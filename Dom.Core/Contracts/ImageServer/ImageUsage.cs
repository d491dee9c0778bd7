using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>How much room an image takes.</summary>
[MessagePackObject]
public sealed partial record ImageUsage
{
    /// <summary>About so many bytes on a machine with blocks of 4 KiB: the files, half a block for each, and a block for each directory.</summary>
    public long MachineBytes { get; init; }

    /// <summary>Bytes of its objects and blocks on the image server, each once.</summary>
    public long StoredBytes { get; init; }

    /// <summary>Of these, bytes that no other image shares: what deleting it and collecting garbage would free.</summary>
    public long OwnBytes { get; init; }
}
