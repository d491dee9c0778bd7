using System.Buffers;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees;

/// <summary>Checks that one block is in canonical form: what is decoded and written again has the same bytes, and every field is possible.</summary>
public static class BlockVerifier
{
    /// <summary>Throws <see cref="CorruptTreeException"/> with the fault. Whether a directory should have another form is a matter of <see cref="TreeVerifier"/>.</summary>
    public static void Verify(Block block)
    {
        var again = block.Kind switch
        {
            BlockKind.Directory => Rewrite(block),
            BlockKind.FanOut => RewriteFanOut(block),
            BlockKind.TreeRoot => TreeRootBlock.Write(TreeRootBlock.Read(block)),
            BlockKind.Links => LinkBlock.Write(LinkBlock.Read(block)),
            _ => throw new CorruptTreeException($"block {block.Digest} has the unknown kind {(int)block.Kind}"),
        };
        if (!again.Bytes.Span.SequenceEqual(block.Bytes.Span))
        {
            throw new CorruptTreeException($"block {block.Digest} is not in canonical form");
        }
    }

    private static Block RewriteFanOut(Block block)
    {
        var children = FanOutBlock.Read(block);
        return Array.TrueForAll(children, static c => c.IsNone)
            ? throw new CorruptTreeException($"block {block.Digest} is a fan-out node without children")
            : FanOutBlock.Write(children);
    }

    private static Block Rewrite(Block block) => block.Decode(static bytes =>
    {
        var reader = new MessagePackReader(bytes, MessagePackLimits.CanonicalForm);
        if (reader.ReadArrayHeader() != 2 || reader.ReadUInt32() != (uint)BlockKind.Directory)
        {
            throw new CorruptTreeException("it is no directory block");
        }

        var count = reader.ReadArrayHeader();
        if (count > TreeFormat.MaxEntriesPerBlock)
        {
            throw new CorruptTreeException($"it has {count} entries; at most {TreeFormat.MaxEntriesPerBlock} are allowed");
        }

        var buffer = new ArrayBufferWriter<byte>(bytes.Length);
        var writer = new MessagePackWriter(buffer);
        var previous = ReadOnlySpan<byte>.Empty;
        for (var i = 0; i < count; i++)
        {
            var inode = DirectoryBlock.ReadEntry(ref reader, out var name);
            TreeName.Require(name.Span);
            EntryRules.Require(inode);
            if (name.Span.SequenceCompareTo(previous) <= 0)
            {
                throw new CorruptTreeException($"its names are not sorted or not different ({Convert.ToHexStringLower(name.Span)})");
            }

            previous = name.Span;
            DirectoryBlock.WriteEntry(ref writer, name.Span, inode);
        }

        reader.RequireEnd();
        writer.Flush();
        return DirectoryBlock.Seal(buffer.WrittenSpan, count);
    });
}
