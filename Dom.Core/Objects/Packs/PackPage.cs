using System.Buffers.Binary;
using System.Numerics;

namespace Dom.Core.Objects.Packs;

/// <summary>One page of a pack's index: up to 85 entries sorted by digest, their number, and a CRC-32C over both. Read and written as a whole.</summary>
internal static class PackPage
{
    /// <summary>Bytes of a page.</summary>
    internal const int Bytes = 4096;

    /// <summary>Most entries in a page.</summary>
    internal const int MaxEntries = (Bytes - 16) / PackEntry.Bytes;

    private const int CountAt = Bytes - 16;
    private const int ChecksumAt = Bytes - 4;

    internal static void Write(ReadOnlySpan<PackEntry> entries, Span<byte> page)
    {
        page.Clear();
        for (var i = 0; i < entries.Length; i++)
        {
            entries[i].Write(page[(i * PackEntry.Bytes)..]);
        }

        BinaryPrimitives.WriteInt32LittleEndian(page[CountAt..], entries.Length);
        WriteChecksum(page);
    }

    internal static bool IsIntact(ReadOnlySpan<byte> page) =>
        BinaryPrimitives.ReadUInt32LittleEndian(page[ChecksumAt..]) == Checksum(page[..ChecksumAt])
        && BinaryPrimitives.ReadInt32LittleEndian(page[CountAt..]) is > 0 and <= MaxEntries;

    internal static int Count(ReadOnlySpan<byte> page) => BinaryPrimitives.ReadInt32LittleEndian(page[CountAt..]);

    internal static PackEntry Entry(ReadOnlySpan<byte> page, int index) => PackEntry.Read(page.Slice(index * PackEntry.Bytes, PackEntry.Bytes));

    /// <summary>The position of an object in the page; negative when it is not there.</summary>
    internal static int Find(ReadOnlySpan<byte> page, ObjectId id)
    {
        Span<byte> wanted = stackalloc byte[ObjectId.Size];
        id.CopyTo(wanted);
        var (low, high) = (0, Count(page) - 1);
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var order = page.Slice(middle * PackEntry.Bytes, ObjectId.Size).SequenceCompareTo(wanted);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }

    /// <summary>Replaces one entry.</summary>
    internal static void Replace(Span<byte> page, int index, in PackEntry entry)
    {
        entry.Write(page[(index * PackEntry.Bytes)..]);
        WriteChecksum(page);
    }

    internal static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        while (bytes.Length >= sizeof(ulong))
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }

        foreach (var b in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, b);
        }

        return ~checksum;
    }

    private static void WriteChecksum(Span<byte> page) =>
        BinaryPrimitives.WriteUInt32LittleEndian(page[ChecksumAt..], Checksum(page[..ChecksumAt]));
}
