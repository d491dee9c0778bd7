using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>One message of <c>Subd.SetComputed</c>: entries of the set first, then the bytes of its objects.</summary>
[MessagePackObject]
public sealed partial record ComputedChunk
{
    /// <summary>In the first message: the hold under which the set is given, <see cref="PollResponse.Hold"/> of the last poll; under another one it is refused.</summary>
    public ulong Hold { get; init; }

    /// <summary>A path of the set; empty in a message that carries bytes.</summary>
    public UnixPath Path { get; init; }

    /// <summary>Its object, or the object <see cref="Data"/> belongs to.</summary>
    public ObjectId Object { get; init; }

    /// <summary>Bytes of the object.</summary>
    public long Size { get; init; }

    /// <summary>Part of the object, in order.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }
}
