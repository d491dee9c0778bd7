using System.Text;

namespace Dom.Cli.Output;

/// <summary>Makes text safe to print: names from machines must not move the cursor or change colours.</summary>
internal static class TerminalText
{
    /// <summary>The text with control characters as <c>\xNN</c>.</summary>
    public static string Printable(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\0', '\x1f') && !text.AsSpan().ContainsAnyInRange('\x7f', '\x9f'))
        {
            return text;
        }

        var safe = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            _ = char.IsControl(c) ? safe.Append("\\x").Append(((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture)) : safe.Append(c);
        }

        return safe.ToString();
    }
}
