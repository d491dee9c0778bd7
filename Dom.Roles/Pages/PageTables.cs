namespace Dom.Roles.Pages;

/// <summary>
/// The tables of one page. Each is shown in pages of rows (<c>?page=2</c>, of further tables <c>?NAME-page=2</c>) and comes whole for programs
/// (<c>?output=json|csv|text</c>, of further tables with <c>&amp;table=NAME</c>). What a caller may not see must not be in the rows, whatever the form.
/// </summary>
/// <example><code>
/// var tables = new PageTables(request).Add("machines", columns, machines, "There are no machines.");
/// return tables.Answer() ?? layout.Render(request, "Machines", html => tables.Write(html, "machines"));
/// </code></example>
public sealed class PageTables(PageRequest request)
{
    /// <summary>Rows of a page, when nothing else is said.</summary>
    public const int RowsPerPage = 500;

    private readonly List<TableView> _views = [];

    /// <summary>Adds a table; the first one is what <c>?output=</c> and <c>?page=</c> mean without more words.</summary>
    public PageTables Add<TRow>(string name, PageTable<TRow> table, IReadOnlyCollection<TRow> rows, string whenEmpty, int rowsPerPage = RowsPerPage) =>
        AddStream(name, table, rows, rows.Count, whenEmpty, rowsPerPage);

    /// <summary>Adds a table whose rows are read as far as they are needed.</summary>
    /// <param name="name">The name that <c>?table=</c> takes.</param>
    /// <param name="table">The columns.</param>
    /// <param name="rows">The rows; may be read several times.</param>
    /// <param name="count">How many there are; null when only reading all would tell.</param>
    /// <param name="whenEmpty">What to say when there are none.</param>
    /// <param name="rowsPerPage">Rows of a page.</param>
    public PageTables AddStream<TRow>(string name, PageTable<TRow> table, IEnumerable<TRow> rows, long? count, string whenEmpty, int rowsPerPage = RowsPerPage)
    {
        _views.Add(new RowsView<TRow>(name, table, rows, count, whenEmpty, rowsPerPage) { PageKey = _views.Count == 0 ? "page" : name + "-page" });
        return this;
    }

    /// <summary>The answer when a form for programs is asked for, or when what is asked for does not exist; null when the page is to be written.</summary>
    public PageResult? Answer()
    {
        var output = request.Value("output");
        if (output is null or "" or "html")
        {
            return _views.Find(v => v.PageOf(request) is null) is { } wrong
                ? PageResult.Text($"{wrong.PageKey}={request.Value(wrong.PageKey)} is not the number of a page, which is a whole number from 1 on\n", 400)
                : null;
        }

        TableForm? form = output switch
        {
            "json" => TableForm.Json,
            "csv" => TableForm.Csv,
            "text" => TableForm.Text,
            _ => null,
        };
        if (form is not { } known)
        {
            return PageResult.Text($"there is no output '{output}' of this page: html, json, csv or text\n", 400);
        }

        var name = request.Value("table") ?? "";
        return (name.Length == 0 ? _views[0] : _views.Find(v => v.Name == name)) is { } view
            ? view.Output(known)
            : PageResult.Text($"there is no table '{name}' on this page; there are: {string.Join(", ", _views.Select(static v => v.Name))}\n", 400);
    }

    /// <summary>Writes one of the tables.</summary>
    public void Write(HtmlWriter html, string name) => _views.First(v => v.Name == name).Write(html, request);
}
