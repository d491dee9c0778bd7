using Dom.Core.Telemetry;
using Dom.Roles.Pages;

namespace Dom.Cli.Output;

/// <summary>A table for people: columns are declared once, rows come from any sequence. Widths follow the content.</summary>
/// <example><code>
/// run.Output.Write(new TextTable&lt;ImageEntry&gt;()
///     .Column("NAME", i => i.Name)
///     .Number("SIZE", i => Amounts.Bytes(i.Bytes)), images);
/// </code></example>
internal sealed class TextTable<TRow>
{
    private readonly List<(string Header, bool IsNumber, Func<TRow, string?> Text, Func<TRow, Tone>? Tone)> _columns = [];

    /// <summary>A column of text.</summary>
    public TextTable<TRow> Column(string header, Func<TRow, string?> text, Func<TRow, Tone>? tone = null)
    {
        _columns.Add((header, false, text, tone));
        return this;
    }

    /// <summary>A column of figures, aligned to the right.</summary>
    public TextTable<TRow> Number(string header, Func<TRow, string?> text)
    {
        _columns.Add((header, true, text, null));
        return this;
    }

    /// <summary>Writes the header and the rows.</summary>
    public void Write(TextWriter writer, IEnumerable<TRow> rows, TerminalColors colors)
    {
        var lines = rows.Select(row => _columns.Select(c => (Text: TerminalText.Printable(c.Text(row) ?? ""), Tone: c.Tone?.Invoke(row) ?? Tone.Quiet)).ToArray()).ToList();
        var widths = _columns.Select((c, i) => lines.Select(l => l[i].Text.Length).Append(c.Header.Length).Max()).ToArray();
        WriteLine(writer, [.. _columns.Select(c => (c.Header, Tone.Quiet))], widths, text => colors.Bold(text));
        foreach (var line in lines)
        {
            WriteLine(writer, line, widths, null, colors);
        }
    }

    private void WriteLine(TextWriter writer, (string Text, Tone Tone)[] cells, int[] widths, Func<string, string>? paint, TerminalColors? colors = null)
    {
        for (var i = 0; i < cells.Length; i++)
        {
            var (text, tone) = cells[i];
            var isLast = i == cells.Length - 1;
            var padding = new string(' ', widths[i] - text.Length);
            var painted = paint is not null ? paint(text) : colors?.Paint(tone, text) ?? text;
            writer.Write(_columns[i].IsNumber ? padding + painted : isLast ? painted : painted + padding);
            writer.Write(isLast ? "\n" : "  ");
        }
    }
}
