namespace Dom.Roles.Pages;

/// <summary>A table of a page: columns are declared once, rows are written from any sequence.</summary>
/// <example><code>
/// new PageTable&lt;Machine&gt;("Machines")
///     .Column("Name", (html, m) => html.Link(PageAddress.Of("/machines/", m.Name), m.Name))
///     .Number("Files", m => Amounts.Count(m.Files))
///     .Write(html, machines, "The machine list is empty.");
/// </code></example>
public sealed class PageTable<TRow>(string caption)
{
    private readonly List<(string Header, bool IsNumber, Action<HtmlWriter, TRow> Cell)> _columns = [];

    /// <summary>A column whose cells are written by hand.</summary>
    public PageTable<TRow> Column(string header, Action<HtmlWriter, TRow> cell)
    {
        _columns.Add((header, false, cell));
        return this;
    }

    /// <summary>A column of text.</summary>
    public PageTable<TRow> Text(string header, Func<TRow, string?> text) => Column(header, (html, row) => html.Text(text(row)));

    /// <summary>A column of figures, aligned to the right.</summary>
    public PageTable<TRow> Number(string header, Func<TRow, string?> text)
    {
        _columns.Add((header, true, (html, row) => html.Text(text(row))));
        return this;
    }

    /// <summary>Writes the table, or one sentence when there are no rows.</summary>
    public void Write(HtmlWriter html, IEnumerable<TRow> rows, string whenEmpty)
    {
        using var all = rows.GetEnumerator();
        if (!all.MoveNext())
        {
            html.Element("p", whenEmpty, ("class", "empty"));
            return;
        }

        using var scroll = html.Open("div", ("class", "scroll"), ("tabindex", "0"), ("role", "region"), ("aria-label", caption));
        using var table = html.Open("table");
        html.Element("caption", caption);
        using (html.Open("thead"))
        using (html.Open("tr"))
        {
            foreach (var (header, isNumber, _) in _columns)
            {
                html.Element("th", header, ("scope", "col"), ("class", isNumber ? "number" : null));
            }
        }

        using (html.Open("tbody"))
        {
            do
            {
                WriteRow(html, all.Current);
            }
            while (all.MoveNext());
        }
    }

    private void WriteRow(HtmlWriter html, TRow row)
    {
        using var line = html.Open("tr");
        foreach (var (_, isNumber, cell) in _columns)
        {
            using (html.Open("td", ("class", isNumber ? "number" : null)))
            {
                cell(html, row);
            }
        }
    }
}
