using System.Text;

namespace Dom.Core.Linux;

/// <summary>Names are bytes; this is how they are shown to people.</summary>
public static class NameText
{
    private static ReadOnlySpan<byte> HexDigits => "0123456789abcdef"u8;

    /// <summary>UTF-8 as text; bytes that are no UTF-8, control characters and backslashes as <c>\xNN</c>.</summary>
    public static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        Span<char> units = stackalloc char[2];
        while (!name.IsEmpty)
        {
            var status = Rune.DecodeFromUtf8(name, out var rune, out var used);
            if (status == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune) && rune.Value != '\\')
            {
                text.Append(units[..rune.EncodeToUtf16(units)]);
            }
            else
            {
                foreach (var b in name[..used])
                {
                    text.Append("\\x").Append((char)HexDigits[b >> 4]).Append((char)HexDigits[b & 15]);
                }
            }

            name = name[used..];
        }

        return text.ToString();
    }
}
