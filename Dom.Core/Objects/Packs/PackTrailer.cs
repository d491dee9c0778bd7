using System.Buffers.Binary;

namespace Dom.Core.Objects.Packs;

/// <summary>What a pack says about itself, at its end and, in case that is damaged, also at its beginning.</summary>
/// <param name="Entries">Objects in the index.</param>
/// <param name="IndexOffset">Where the pages of the index begin; data ends before.</param>
/// <param name="FinishedOn">When it was finished, in seconds since 1970; removals change the time of the file.</param>
/// <param name="TablesDigest">SHA-256 of the filter and the first digests of the pages, which follow the pages.</param>
internal readonly record struct PackTrailer(int Entries, long IndexOffset, uint FinishedOn, ObjectId TablesDigest)
{
    /// <summary>Bytes of the stored form.</summary>
    internal const int Bytes = 64;

    /// <summary>Where data begins: after the first copy of this.</summary>
    internal const int DataStart = 128;

    private const int ChecksumAt = Bytes - 4;

    private static ReadOnlySpan<byte> Magic => "dompack1"u8;

    internal int Pages => (Entries + PackPage.MaxEntries - 1) / PackPage.MaxEntries;

    internal int FilterBytes => PackFilter.BytesFor(Entries);

    internal long TablesOffset => IndexOffset + (long)Pages * PackPage.Bytes;

    internal int TablesBytes => FilterBytes + Pages * sizeof(ulong);

    /// <summary>Bytes of the whole file.</summary>
    internal long FileBytes => TablesOffset + TablesBytes + Bytes;

    internal static bool TryRead(ReadOnlySpan<byte> source, long fileBytes, out PackTrailer trailer)
    {
        trailer = default;
        if (!source.StartsWith(Magic) || BinaryPrimitives.ReadUInt32LittleEndian(source[ChecksumAt..]) != PackPage.Checksum(source[..ChecksumAt]))
        {
            return false;
        }

        trailer = new PackTrailer(
            BinaryPrimitives.ReadInt32LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[12..]),
            new ObjectId(source.Slice(24, ObjectId.Size)));
        return trailer is { Entries: > 0 and <= PackWriter.MaxEntries, IndexOffset: > DataStart and <= PackWriter.MaxBytes + PackPage.Bytes }
            && trailer.FileBytes == fileBytes;
    }

    internal void Write(Span<byte> destination)
    {
        destination[..Bytes].Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteInt32LittleEndian(destination[8..], Entries);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], FinishedOn);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], IndexOffset);
        TablesDigest.CopyTo(destination[24..]);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumAt..], PackPage.Checksum(destination[..ChecksumAt]));
    }
}
