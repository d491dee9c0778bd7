namespace Dom.Core.Objects;

/// <summary>Names of object files, written as bytes without making strings.</summary>
internal static class ObjectPath
{
    /// <summary>Bytes of <c>aa/rest</c>.</summary>
    internal const int Length = 2 * ObjectId.Size + 1;

    private static ReadOnlySpan<byte> Digits => "0123456789abcdef"u8;

    /// <summary>Writes the 64 hex digits.</summary>
    internal static void WriteName(ObjectId id, Span<byte> name)
    {
        Span<byte> bytes = stackalloc byte[ObjectId.Size];
        id.CopyTo(bytes);
        for (var i = 0; i < bytes.Length; i++)
        {
            name[2 * i] = Digits[bytes[i] >> 4];
            name[2 * i + 1] = Digits[bytes[i] & 15];
        }
    }

    /// <summary>Writes <c>aa/rest</c>.</summary>
    internal static void Write(ObjectId id, Span<byte> path)
    {
        WriteName(id, path[1..]);
        path[0] = path[1];
        path[1] = path[2];
        path[2] = (byte)'/';
    }
}
