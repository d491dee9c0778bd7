using System.Buffers;
using System.Security.Cryptography;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees;

/// <summary>Reads and writes fan-out nodes: <c>[1, [child × 256]]</c>, an empty child being no id.</summary>
/// <remarks>
/// The child of a name at depth d is chosen by byte d of SHA-256(name), so the shape depends on the names only, never on the order in which they came.
/// </remarks>
public static class FanOutBlock
{
    /// <summary>Which child of a node at this depth (0 is the topmost) holds the name.</summary>
    public static byte ChildOf(ReadOnlySpan<byte> name, int depth)
    {
        Span<byte> digest = stackalloc byte[ObjectId.Size];
        SHA256.HashData(name, digest);
        return digest[depth];
    }

    /// <summary>Makes the block.</summary>
    public static Block Write(ReadOnlySpan<ObjectId> children)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(children.Length, TreeFormat.FanOut);
        var buffer = new ArrayBufferWriter<byte>(TreeFormat.FanOut * (ObjectId.Size + 2) + 8);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write((uint)BlockKind.FanOut);
        writer.WriteArrayHeader(TreeFormat.FanOut);
        foreach (var child in children)
        {
            writer.Write(child);
        }

        writer.Flush();
        return Block.Of(buffer.WrittenMemory.ToArray());
    }

    /// <summary>The 256 children; <see cref="ObjectId.IsNone"/> for those without entries.</summary>
    public static ObjectId[] Read(Block block) => block.Decode(static bytes =>
    {
        var reader = new MessagePackReader(bytes, MessagePackLimits.CanonicalForm);
        if (reader.ReadArrayHeader() != 2 || reader.ReadUInt32() != (uint)BlockKind.FanOut || reader.ReadArrayHeader() != TreeFormat.FanOut)
        {
            throw new CorruptTreeException("it is no fan-out node");
        }

        var children = new ObjectId[TreeFormat.FanOut];
        for (var i = 0; i < children.Length; i++)
        {
            children[i] = reader.ReadObjectId();
        }

        reader.RequireEnd();
        return children;
    });
}
