using System.Globalization;

namespace Dom.Roles.Pages;

/// <summary>A table of one page with its rows: a page of them for people, all of them for programs.</summary>
internal abstract class TableView(string name)
{
    /// <summary>The name that <c>?table=</c> takes.</summary>
    public string Name => name;

    /// <summary>The value of the query that holds the number of the page.</summary>
    public string PageKey { get; init; } = "page";

    /// <summary>Writes a page of the rows, the way to other pages and to the forms for programs.</summary>
    public abstract void Write(HtmlWriter html, PageRequest request);

    /// <summary>All rows in a form for programs.</summary>
    public abstract PageResult Output(TableForm form);

    /// <summary>The number of the page that is asked for, from 1; null when what was asked for is none.</summary>
    public int? PageOf(PageRequest request) => request.Value(PageKey) switch
    {
        null or "" => 1,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) && page >= 1 => page,
        _ => null,
    };
}
