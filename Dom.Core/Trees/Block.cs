using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees;

/// <summary>The canonical bytes of one tree block and their digest.</summary>
/// <param name="Digest">SHA-256 of <paramref name="Bytes"/>.</param>
/// <param name="Bytes">The block as stored and sent.</param>
public sealed record Block(ObjectId Digest, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>What the block holds: the first element of its array.</summary>
    public BlockKind Kind => Bytes.Length > 1 ? (BlockKind)Bytes.Span[1] : throw new CorruptTreeException($"block {Digest} is too short");

    /// <summary>Makes a block of bytes that were just written.</summary>
    public static Block Of(ReadOnlyMemory<byte> bytes) => new(ObjectId.Of(bytes.Span), bytes);

    /// <summary>
    /// Makes a block of bytes that came from elsewhere: refuses wrong digests, more than <see cref="TreeFormat.MaxBlockBytes"/>,
    /// and everything that <see cref="BlockVerifier"/> refuses.
    /// </summary>
    /// <exception cref="CorruptTreeException">The bytes are not the canonical form of a block with this digest.</exception>
    public static Block Verified(ObjectId digest, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > TreeFormat.MaxBlockBytes)
        {
            throw new CorruptTreeException($"block {digest} has {bytes.Length} bytes; at most {TreeFormat.MaxBlockBytes} are allowed");
        }

        var block = Of(bytes);
        if (block.Digest != digest)
        {
            throw new CorruptTreeException($"the bytes of block {digest} have the digest {block.Digest}; remove this copy and fetch it again");
        }

        BlockVerifier.Verify(block);
        return block;
    }

    /// <summary>Runs a decoder; whatever it finds wrong is reported with the block's name.</summary>
    internal T Decode<T>(Func<ReadOnlyMemory<byte>, T> decoder)
    {
        try
        {
            return decoder(Bytes);
        }
        catch (Exception e) when (e is MessagePackException or CorruptTreeException)
        {
            throw new CorruptTreeException($"block {Digest}: {e.Message}", e);
        }
    }
}
