using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Dom.Roles.Sub.Update;

/// <summary>
/// Records in a file that is only appended to: length (4 bytes, little endian), CRC-32C of this record and all before it (4 bytes), bytes. A reader stops at
/// the first record that is cut or does not fit its checksum: what follows was never made durable.
/// </summary>
internal static class RecordFrames
{
    /// <summary>Bytes of length and checksum.</summary>
    public const int HeadSize = 8;

    /// <summary>Appends a record.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="payload">The record.</param>
    /// <param name="checksum">Checksum of the records before, 0 at first; then that with this one.</param>
    public static void Append(IBufferWriter<byte> output, ReadOnlySpan<byte> payload, ref uint checksum)
    {
        checksum = Checksum(checksum, payload);
        var frame = output.GetSpan(HeadSize + payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(frame, payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame[4..], checksum);
        payload.CopyTo(frame[HeadSize..]);
        output.Advance(HeadSize + payload.Length);
    }

    /// <summary>Reads the next record. False at the end, or where the rest is no record.</summary>
    /// <param name="rest">The bytes from the record on; then those behind it.</param>
    /// <param name="checksum">Checksum of the records before; then that with this one.</param>
    /// <param name="maxLength">Longest possible record.</param>
    /// <param name="payload">The record.</param>
    public static bool TryTake(ref ReadOnlyMemory<byte> rest, ref uint checksum, int maxLength, out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        if (rest.Length < HeadSize)
        {
            return false;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
        if (length <= 0 || length > maxLength || length > rest.Length - HeadSize)
        {
            return false;
        }

        var taken = rest.Slice(HeadSize, length);
        var next = Checksum(checksum, taken.Span);
        if (next != BinaryPrimitives.ReadUInt32LittleEndian(rest.Span[4..]))
        {
            return false;
        }

        (payload, checksum, rest) = (taken, next, rest[(HeadSize + length)..]);
        return true;
    }

    private static uint Checksum(uint seed, ReadOnlySpan<byte> bytes)
    {
        var crc = ~seed;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return ~crc;
    }
}
