using System.Buffers.Binary;

namespace Dom.Core.Objects.Packs;

/// <summary>Where one object lies in a pack.</summary>
/// <param name="Id">Its digest.</param>
/// <param name="Offset">Its first byte in the file.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="IsRemoved">True when it is to be treated as absent; its bytes stay until the pack is rewritten.</param>
internal readonly record struct PackEntry(ObjectId Id, long Offset, int Size, bool IsRemoved = false)
{
    /// <summary>Bytes of the stored form.</summary>
    internal const int Bytes = 48;

    private const int OffsetAt = ObjectId.Size;
    private const int SizeAt = OffsetAt + sizeof(long);
    private const int FlagsAt = SizeAt + sizeof(int);
    private const int RemovedFlag = 1;

    internal static PackEntry Read(ReadOnlySpan<byte> source) => new(
        new ObjectId(source[..ObjectId.Size]),
        BinaryPrimitives.ReadInt64LittleEndian(source[OffsetAt..]),
        BinaryPrimitives.ReadInt32LittleEndian(source[SizeAt..]),
        (BinaryPrimitives.ReadInt32LittleEndian(source[FlagsAt..]) & RemovedFlag) != 0);

    internal void Write(Span<byte> destination)
    {
        Id.CopyTo(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[OffsetAt..], Offset);
        BinaryPrimitives.WriteInt32LittleEndian(destination[SizeAt..], Size);
        BinaryPrimitives.WriteInt32LittleEndian(destination[FlagsAt..], IsRemoved ? RemovedFlag : 0);
    }
}
