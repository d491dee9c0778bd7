namespace Dom.Core.Trees;

/// <summary>What can be a name in a directory.</summary>
public static class TreeName
{
    /// <summary>The directory in the root of every machine's tree that is the sub's own and part of no image.</summary>
    public static ReadOnlySpan<byte> Private => ".subd"u8;

    /// <summary>True for 1 to 255 bytes without <c>/</c> and NUL that are not <c>.</c> or <c>..</c>.</summary>
    public static bool IsValid(ReadOnlySpan<byte> name) =>
        name.Length is > 0 and <= TreeFormat.MaxNameBytes
        && !name.ContainsAny((byte)0, (byte)'/')
        && !name.SequenceEqual("."u8)
        && !name.SequenceEqual(".."u8);

    internal static void Require(ReadOnlySpan<byte> name)
    {
        if (!IsValid(name))
        {
            throw new CorruptTreeException($"the bytes {Convert.ToHexStringLower(name)} cannot be a name in a directory");
        }
    }
}
