using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>The canonical bytes of one tree block and their digest.</summary>
/// <param name="Digest">SHA-256 of <paramref name="Bytes"/>.</param>
/// <param name="Bytes">The block as stored and sent.</param>
public sealed record Block(ObjectId Digest, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Makes a block of bytes that were just written.</summary>
    public static Block Of(ReadOnlyMemory<byte> bytes) => new(ObjectId.Of(bytes.Span), bytes);

    /// <summary>What the block holds: the first element of its array.</summary>
    public BlockKind Kind => Bytes.Length > 1 ? (BlockKind)Bytes.Span[1] : throw new CorruptTreeException($"block {Digest} is too short");
}
