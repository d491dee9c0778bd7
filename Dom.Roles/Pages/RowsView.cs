using System.Globalization;

namespace Dom.Roles.Pages;

/// <summary>A table whose rows come from a sequence that is read as far as it is needed.</summary>
/// <param name="name">The name that <c>?table=</c> takes.</param>
/// <param name="table">The columns.</param>
/// <param name="rows">The rows; may be read several times.</param>
/// <param name="count">How many there are; null when only reading all would tell.</param>
/// <param name="whenEmpty">What to say when there are none.</param>
/// <param name="rowsPerPage">Rows of a page.</param>
internal sealed class RowsView<TRow>(string name, PageTable<TRow> table, IEnumerable<TRow> rows, long? count, string whenEmpty, int rowsPerPage) : TableView(name)
{
    /// <inheritdoc />
    public override void Write(HtmlWriter html, PageRequest request)
    {
        var pages = count is { } total ? (int)Math.Clamp((total + rowsPerPage - 1) / rowsPerPage, 1, int.MaxValue / rowsPerPage) : int.MaxValue / rowsPerPage;
        var page = Math.Min(PageOf(request) ?? 1, pages);
        var before = (page - 1) * rowsPerPage;
        var shown = rows.Skip(before).Take(rowsPerPage + 1).ToList();
        var isLast = shown.Count <= rowsPerPage;
        var id = "table-" + Name;
        table.Write(html, shown.Take(rowsPerPage), page == 1 ? whenEmpty : "There are not so many rows any more.", id);
        if (shown.Count == 0 && page == 1)
        {
            return;
        }

        using var foot = html.Open("div", ("class", "foot"));
        if (page > 1 || !isLast)
        {
            using var nav = html.Open("nav", ("class", "pager"), ("aria-label", $"Pages of the table: {table.Caption}"));
            Step(html, request, page > 1 ? 1 : null, "first", null);
            Step(html, request, page > 1 ? page - 1 : null, "previous", "prev");
            html.Element("span", Where(page, pages, before, Math.Min(shown.Count, rowsPerPage)));
            Step(html, request, isLast ? null : page + 1, "next", "next");
            Step(html, request, isLast || count is null ? null : pages, "last", null);
        }

        using var forms = html.Open("span", ("class", "forms"));
        html.Text("All as ");
        Form(html, request, "json", "JSON");
        html.Text(", ");
        Form(html, request, "csv", "CSV");
        html.Text(" or ");
        Form(html, request, "text", "text");
    }

    /// <inheritdoc />
    public override PageResult Output(TableForm form) => form switch
    {
        TableForm.Json => PageResult.Stream("application/json", (output, cancellationToken) => TableOutput.WriteJsonAsync(output, table, rows, cancellationToken)),
        TableForm.Csv => PageResult.Stream("text/csv; charset=utf-8", (output, cancellationToken) => TableOutput.WriteCsvAsync(output, table, rows, cancellationToken)),
        _ => PageResult.Stream("text/plain; charset=utf-8", (output, cancellationToken) => TableOutput.WriteTextAsync(output, table, rows, cancellationToken)),
    };

    private string Where(int page, int pages, int before, int shown) => count is { } total
        ? $"page {Amounts.Count(page)} of {Amounts.Count(pages)}, {Amounts.Count(total)} rows"
        : shown == 0 ? $"page {Amounts.Count(page)}" : $"page {Amounts.Count(page)}, rows {Amounts.Count(before + 1)} to {Amounts.Count(before + shown)}";

    private void Step(HtmlWriter html, PageRequest request, int? page, string text, string? relation)
    {
        if (page is { } known)
        {
            var fragment = PageKey == "page" ? "" : "#table-" + Name;
            html.Element(
                "a", text, ("href", PageAddress.Replacing(request, PageKey, known.ToString(CultureInfo.InvariantCulture)) + fragment), ("rel", relation));
        }
    }

    private void Form(HtmlWriter html, PageRequest request, string form, string text) =>
        html.Link(PageAddress.Replacing(request, [("output", form), ("table", PageKey == "page" ? null : Name), (PageKey, null), ("refresh", null)]), text);
}
