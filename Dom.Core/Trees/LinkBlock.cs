using System.Buffers;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees;

/// <summary>Reads and writes leaf blocks of a link table: <c>[3, [[path, leader]…]]</c>, sorted by path.</summary>
/// <remarks>
/// The leader of a group is its first path in the order of bytes and has no record of its own: a record says "this path is the same file as that one".
/// So no record grows with its group, and a file with 60,000 names needs no rule of its own. Paths are absolute.
/// </remarks>
internal static class LinkBlock
{
    internal static Block Write(IReadOnlyList<(ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Leader)> records)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write((uint)BlockKind.Links);
        writer.WriteArrayHeader(records.Count);
        foreach (var (path, leader) in records)
        {
            writer.WriteArrayHeader(2);
            writer.WriteBinary(path.Span);
            writer.WriteBinary(leader.Span);
        }

        writer.Flush();
        return Block.Of(buffer.WrittenMemory.ToArray());
    }

    internal static (ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Leader)[] Read(Block block) => block.Decode(static bytes =>
    {
        var reader = new MessagePackReader(bytes, MessagePackLimits.CanonicalForm);
        if (reader.ReadArrayHeader() != 2 || reader.ReadUInt32() != (uint)BlockKind.Links)
        {
            throw new CorruptTreeException("it is no link table");
        }

        var records = new (ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Leader)[reader.ReadArrayHeader()];
        if (records.Length is 0 or > TreeFormat.MaxEntriesPerBlock)
        {
            throw new CorruptTreeException($"it has {records.Length} records; 1 to {TreeFormat.MaxEntriesPerBlock} are allowed");
        }

        for (var i = 0; i < records.Length; i++)
        {
            if (reader.ReadArrayHeader() != 2)
            {
                throw new CorruptTreeException("a record is no pair");
            }

            var path = reader.ReadBinary();
            var leader = reader.ReadBinary();
            RequirePath(path.Span);
            RequirePath(leader.Span);
            if (leader.Span.SequenceCompareTo(path.Span) >= 0 || (i > 0 && path.Span.SequenceCompareTo(records[i - 1].Path.Span) <= 0))
            {
                throw new CorruptTreeException("its records are not sorted, not different, or lead to a later path");
            }

            records[i] = (path, leader);
        }

        reader.RequireEnd();
        return records;
    });

    private static void RequirePath(ReadOnlySpan<byte> path)
    {
        var valid = path.Length is > 1 and <= TreeFormat.MaxLinkPathBytes && path[0] == (byte)'/';
        foreach (var name in path[..Math.Min(path.Length, TreeFormat.MaxLinkPathBytes)].Split((byte)'/'))
        {
            valid &= name.Start.Value == 0 || TreeName.IsValid(path[name]);
        }

        if (!valid)
        {
            throw new CorruptTreeException("a path is not absolute, too long, or has an impossible name");
        }
    }
}
