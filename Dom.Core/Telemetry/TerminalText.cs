using System.Buffers;
using System.Globalization;
using System.Text;

namespace Dom.Core.Telemetry;

/// <summary>Makes text safe to print: names from machines must not move the cursor, change colours, begin lines or turn the direction of the text.</summary>
public static class TerminalText
{
    private static readonly SearchValues<char> Unsafe = SearchValues.Create(
    [
        .. Enumerable.Range(0, 0x20).Concat(Enumerable.Range(0x7f, 0x21)).Select(static c => (char)c),
        '\u061c', '\u200e', '\u200f', '\u2028', '\u2029', '\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069', '\ufeff',
    ]);

    /// <summary>The text with control characters as <c>\xNN</c>, and line separators and marks of direction as <c>\uNNNN</c>.</summary>
    public static string Printable(string text)
    {
        if (!text.AsSpan().ContainsAny(Unsafe))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = !Unsafe.Contains(c) ? safe.Append(c)
                : c < 0x100 ? safe.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}")
                : safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return safe.ToString();
    }
}
