using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ObjectServer;

/// <summary>Part of an object. Chunks of one object follow each other without gaps; it is complete when <see cref="Offset"/> + data = <see cref="Size"/>.</summary>
[MessagePackObject]
public sealed partial record ObjectChunk
{
    /// <summary>Most bytes in one chunk.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>What it is.</summary>
    public ObjectKind Kind { get; init; }

    /// <summary>The object.</summary>
    public required ObjectId Id { get; init; }

    /// <summary>Bytes of the whole object.</summary>
    public required long Size { get; init; }

    /// <summary>Where this part begins.</summary>
    public long Offset { get; init; }

    /// <summary>The bytes; valid until the next message is read.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Upload lease that protects the object until an image names it; first chunk of an upload only.</summary>
    public string Lease { get; init; } = "";
}
