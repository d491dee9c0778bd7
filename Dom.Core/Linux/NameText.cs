namespace Dom.Core.Linux;

/// <summary>Names are bytes; this is how they are shown to people.</summary>
public static class NameText
{
    /// <summary>The text form of <see cref="UnixPath"/>; of bytes that cannot be a name because of a zero byte, hex digits.</summary>
    public static string Escape(ReadOnlySpan<byte> name) =>
        UnixPath.TryCreate(name.ToArray(), out var path) ? path.ToString() : $"0x{Convert.ToHexStringLower(name)}";
}
