namespace Dom.Roles.Pages;

/// <summary>A table of a page. Columns are declared once, for people (HTML) and for programs (JSON, CSV, text); rows are written from any sequence.</summary>
/// <example><code>
/// new PageTable&lt;Machine&gt;("Machines")
///     .Link("Name", m => m.Name, m => PageAddress.Of("/machines/", m.Name))
///     .Count("Files", m => m.Files)
/// </code></example>
public sealed class PageTable<TRow>(string caption)
{
    private readonly List<TableColumn<TRow>> _columns = [];

    /// <summary>What the table shows, for people.</summary>
    public string Caption => caption;

    /// <summary>The columns in their order.</summary>
    public IReadOnlyList<TableColumn<TRow>> Columns => _columns;

    /// <summary>A column whose cells are written by hand; without a value it is for people only.</summary>
    /// <param name="header">What stands above it.</param>
    /// <param name="cell">Writes a cell.</param>
    /// <param name="value">The cell for programs.</param>
    /// <param name="key">Its name for programs; that of the header in snake case when it is null.</param>
    public PageTable<TRow> Column(string header, Action<HtmlWriter, TRow> cell, Func<TRow, CellValue>? value = null, string? key = null) =>
        Add(header, key, isNumber: false, cell, value);

    /// <summary>A column of text.</summary>
    public PageTable<TRow> Text(string header, Func<TRow, string?> text, string? key = null) =>
        Add(header, key, isNumber: false, (html, row) => html.Text(text(row)), row => CellValue.Of(text(row)));

    /// <summary>A column of texts that lead to other pages.</summary>
    public PageTable<TRow> Link(string header, Func<TRow, string> text, Func<TRow, string> address, string? key = null) =>
        Add(header, key, isNumber: false, (html, row) => html.Link(address(row), text(row)), row => CellValue.Of(text(row)));

    /// <summary>A column of status words.</summary>
    public PageTable<TRow> Badge(string header, Func<TRow, (Tone Tone, string Word)> badge, string? key = null) => Add(
        header, key, isNumber: false, (html, row) => WriteBadge(html, badge(row)), row => CellValue.Of(badge(row).Word));

    /// <summary>A column of figures in words, aligned to the right.</summary>
    public PageTable<TRow> Number(string header, Func<TRow, string?> text, string? key = null) =>
        Add(header, key, isNumber: true, (html, row) => html.Text(text(row)), row => CellValue.Of(text(row)));

    /// <summary>A column of whole numbers; where there is an address, a number that is not 0 leads to what is counted.</summary>
    public PageTable<TRow> Count(string header, Func<TRow, long?> count, string? key = null, Func<TRow, string?>? address = null) => Add(
        header,
        key,
        isNumber: true,
        (html, row) =>
        {
            var known = count(row);
            var text = known is { } number ? Amounts.Count(number) : "";
            _ = known > 0 && address?.Invoke(row) is { } target ? html.Link(target, text) : html.Text(text);
        },
        row => CellValue.Of(count(row)));

    /// <summary>A column of amounts of bytes; programs get plain numbers.</summary>
    public PageTable<TRow> Bytes(string header, Func<TRow, long?> bytes, string? key = null) => Add(
        header, key, isNumber: true, (html, row) => html.Text(bytes(row) is { } known ? Amounts.Bytes(known) : ""), row => CellValue.Of(bytes(row)));

    /// <summary>A column of moments.</summary>
    public PageTable<TRow> Moment(string header, Func<TRow, DateTimeOffset?> moment, string? key = null) => Add(
        header, key, isNumber: false, (html, row) => html.Text(moment(row) is { } known ? Amounts.Moment(known) : ""), row => CellValue.Of(moment(row)));

    /// <summary>A column of moments that people read as how long ago they were.</summary>
    public PageTable<TRow> Ago(string header, Func<TRow, DateTimeOffset?> moment, DateTimeOffset now, string? key = null, string never = "never") => Add(
        header,
        key,
        isNumber: false,
        (html, row) =>
        {
            if (moment(row) is { } known)
            {
                html.Element("time", Amounts.Ago(now - known), ("datetime", CellValue.Of((DateTimeOffset?)known).ToString()), ("title", Amounts.Moment(known)));
            }
            else
            {
                html.Text(never);
            }
        },
        row => CellValue.Of(moment(row)));

    /// <summary>A column of yes and no; people read a word when it is yes.</summary>
    public PageTable<TRow> Flag(string header, Func<TRow, bool> flag, string whenTrue, string? key = null) =>
        Add(header, key, isNumber: false, (html, row) => html.Text(flag(row) ? whenTrue : ""), row => CellValue.Of(flag(row)));

    /// <summary>A column that only programs get.</summary>
    public PageTable<TRow> Data(string key, Func<TRow, CellValue> value) => Add("", key, isNumber: false, null, value);

    /// <summary>Writes the table for people, or one sentence when there are no rows.</summary>
    public void Write(HtmlWriter html, IEnumerable<TRow> rows, string whenEmpty, string? id = null)
    {
        using var all = rows.GetEnumerator();
        if (!all.MoveNext())
        {
            html.Element("p", whenEmpty, ("class", "empty"), ("id", id));
            return;
        }

        using var scroll = html.Open("div", ("class", "scroll"), ("id", id), ("tabindex", "0"), ("role", "region"), ("aria-label", caption));
        using var table = html.Open("table");
        html.Element("caption", caption);
        using (html.Open("thead"))
        using (html.Open("tr"))
        {
            foreach (var column in _columns.Where(static c => c.Cell is not null))
            {
                html.Element("th", column.Header, ("scope", "col"), ("class", column.IsNumber ? "number" : null));
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

    private PageTable<TRow> Add(string header, string? key, bool isNumber, Action<HtmlWriter, TRow>? cell, Func<TRow, CellValue>? value)
    {
        key ??= SnakeCase(header);
        if (value is not null && (key.Length == 0 || _columns.Any(c => c.Value is not null && c.Key == key)))
        {
            throw new ArgumentException($"the column '{header}' of the table '{caption}' needs a key of its own", nameof(key));
        }

        _columns.Add(new TableColumn<TRow>(header, key, isNumber, cell, value));
        return this;
    }

    private void WriteRow(HtmlWriter html, TRow row)
    {
        using var line = html.Open("tr");
        foreach (var column in _columns)
        {
            if (column.Cell is { } cell)
            {
                using var open = html.Open("td", ("class", column.IsNumber ? "number" : null));
                cell(html, row);
            }
        }
    }

    private static void WriteBadge(HtmlWriter html, (Tone Tone, string Word) badge)
    {
        if (badge.Word.Length > 0)
        {
            html.Badge(badge.Tone, badge.Word);
        }
    }

    private static string SnakeCase(string header) =>
        string.Join('_', header.ToLowerInvariant().Split([.. header.ToLowerInvariant().Where(static c => !char.IsAsciiLetterOrDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries));
}
