using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Dom.Roles.Pages;

namespace Dom.Tests.Roles.Pages;

public sealed class PageTablesTests
{
    private static readonly DateTimeOffset Moment = new(2026, 11, 20, 13, 28, 4, TimeSpan.FromHours(1));

    private static PageTable<(string Name, long Size)> Table => new PageTable<(string Name, long Size)>("Files")
        .Link("Name of it", static r => r.Name, static _ => "/x")
        .Bytes("Size", static r => r.Size < 0 ? null : r.Size, "size_bytes")
        .Column("Only for people", static (html, _) => html.Text("hello"))
        .Data("changed", static _ => CellValue.Of((DateTimeOffset?)Moment))
        .Data("took_seconds", static _ => CellValue.Of((TimeSpan?)TimeSpan.FromMilliseconds(1500)))
        .Flag("Held", static r => r.Size == 0, "held");

    [TestCase("plain", "plain")]
    [TestCase("", "")]
    [TestCase("=1+1", "'=1+1")]
    [TestCase("+1", "'+1")]
    [TestCase("-1", "'-1")]
    [TestCase("@SUM(A1)", "'@SUM(A1)")]
    [TestCase("\t=1", "'\t=1")]
    [TestCase("\r=1", "\"'\r=1\"")]
    [TestCase("\n=1", "\"'\n=1\"")]
    [TestCase("a,b", "\"a,b\"")]
    [TestCase("say \"no\"", "\"say \"\"no\"\"\"")]
    [TestCase("two\nlines", "\"two\nlines\"")]
    [TestCase("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"")]
    public void A_text_is_quoted_and_never_a_formula(string text, string field) => Assert.That(TableOutput.CsvField(CellValue.Of(text)), Is.EqualTo(field));

    [Test]
    public void A_negative_number_stays_a_number() => Assert.That(TableOutput.CsvField(CellValue.Of(-5)), Is.EqualTo("-5"));

    [Test]
    public async Task Json_is_an_array_of_objects_with_values_as_programs_have_them()
    {
        using var json = JsonDocument.Parse(await TextAsync(Tables([("a\"<\u00e9", 1536), ("b", -1)], ("output", "json"))));
        Assert.That(
            json.RootElement[0].EnumerateObject().Select(static p => $"{p.Name}={p.Value}"),
            Is.EqualTo(new[] { "name_of_it=a\"<\u00e9", "size_bytes=1536", "changed=2026-11-20T12:28:04Z", "took_seconds=1.5", "held=False" }));
        Assert.That(json.RootElement[1].GetProperty("size_bytes").ValueKind, Is.EqualTo(JsonValueKind.Null));
        using var none = JsonDocument.Parse(await TextAsync(Tables([], ("output", "json"))));
        Assert.That(none.RootElement.GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Csv_has_a_line_of_keys_first() => Assert.That(
        await TextAsync(Tables([("=a", 0)], ("output", "csv"))),
        Is.EqualTo("name_of_it,size_bytes,changed,took_seconds,held\r\n'=a,0,2026-11-20T12:28:04Z,1.5,true\r\n"));

    [Test]
    public async Task Text_is_the_first_column_one_cell_a_line() =>
        Assert.That(await TextAsync(Tables([("a", 1), ("b\nc", 2)], ("output", "text"))), Is.EqualTo("a\nb c\n"));

    [TestCase(null, "row 1\n", "row 10\n", "page 1 of 3, 25 rows")]
    [TestCase("1", "row 1\n", "row 10\n", "page 1 of 3, 25 rows")]
    [TestCase("2", "row 11\n", "row 20\n", "page 2 of 3, 25 rows")]
    [TestCase("3", "row 21\n", "row 25\n", "page 3 of 3, 25 rows")]
    [TestCase("4", "row 21\n", "row 25\n", "page 3 of 3, 25 rows")]
    [TestCase("2000000000", "row 21\n", "row 25\n", "page 3 of 3, 25 rows")]
    public void A_page_holds_its_rows_and_one_beyond_the_end_is_the_last(string? page, string first, string last, string foot)
    {
        var html = Html(Numbered(25, known: true, page));
        var rows = html.Split("<td>").Skip(1).Select(static c => c[..c.IndexOf('<', StringComparison.Ordinal)] + "\n").ToList();
        Assert.That((rows[0], rows[^1]), Is.EqualTo((first, last)));
        Assert.That(html, Does.Contain(foot));
        Assert.That(html.Contains("rel=\"next\"", StringComparison.Ordinal), Is.EqualTo(page is null or "1" or "2"));
        Assert.That(html.Contains("rel=\"prev\"", StringComparison.Ordinal), Is.EqualTo(page is not (null or "1")));
    }

    [Test]
    public void Rows_that_are_not_counted_are_paged_too_and_not_read_further_than_needed()
    {
        Assert.That(Html(Numbered(25, known: false, "2")), Does.Contain("rows 11 to 20").And.Contain("rel=\"next\"").And.Not.Contain(">last<"));
        Assert.That(Html(Numbered(20, known: false, "2")), Does.Contain("rows 11 to 20").And.Not.Contain("rel=\"next\""));
        Assert.That(Html(Numbered(20, known: false, "9")), Does.Contain("There are not so many rows").And.Contain("rel=\"prev\""));
        var tables = new PageTables(Request()).AddStream("rows", Rows, Endless(), null, "", 10);
        Assert.That(Html(tables), Does.Contain("row 10").And.Not.Contain("row 11"));
    }

    [Test]
    public void A_page_that_holds_all_has_no_pager() => Assert.That(Html(Numbered(10, known: true, null)), Does.Not.Contain("<nav").And.Contain("output=csv"));

    [TestCase("page", "0")]
    [TestCase("page", "-1")]
    [TestCase("page", "x")]
    [TestCase("page", "1.5")]
    [TestCase("page", "99999999999999999999")]
    [TestCase("second-page", "no")]
    public void What_is_no_page_number_is_refused(string key, string page)
    {
        var answer = new PageTables(Request((key, page))).Add("first", Rows, ["a"], "").Add("second", Rows, ["b"], "").Answer();
        Assert.That((answer?.Status, Text(answer).Contains($"{key}={page}", StringComparison.Ordinal)), Is.EqualTo(((int?)400, true)));
    }

    [Test]
    public async Task Further_tables_of_a_page_are_named()
    {
        var request = Request(("output", "text"), ("table", "second"));
        Assert.That(await TextAsync(new PageTables(request).Add("first", Rows, ["a"], "").Add("second", Rows, ["b"], "")), Is.EqualTo("b\n"));
        var unknown = new PageTables(Request(("output", "text"), ("table", "third"))).Add("first", Rows, ["a"], "").Answer();
        Assert.That((unknown?.Status, Text(unknown)), Is.EqualTo(((int?)400, "there is no table 'third' on this page; there are: first\n")));
        var form = new PageTables(Request(("output", "xml"))).Add("first", Rows, ["a"], "").Answer();
        Assert.That((form?.Status, Text(form)), Is.EqualTo(((int?)400, "there is no output 'xml' of this page: html, json, csv or text\n")));
    }

    [Test]
    public void Links_to_pages_and_forms_keep_the_filters()
    {
        var html = new HtmlWriter();
        var tables = new PageTables(Request(("name", "a&b"), ("page", "2"), ("refresh", "5"))).Add("first", Rows, [.. Enumerable.Range(0, 30).Select(static i => $"{i}")], "", 10);
        tables.Write(html, "first");
        Assert.That(html.ToString(), Does.Contain("href=\"?name=a%26b&amp;output=csv\"").And.Contain("href=\"?name=a%26b&amp;refresh=5&amp;page=3\""));
    }

    [Test]
    public async Task A_table_of_any_length_is_sent_while_it_is_made()
    {
        foreach (var form in new[] { "json", "csv", "text" })
        {
            var made = 0;
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 128 << 10, resumeWriterThreshold: 64 << 10));
            var tables = new PageTables(Request(("output", form))).AddStream("rows", Rows, Enumerable.Range(0, 100_000).Select(i => { made = i; return new string('x', 100); }), null, "");
            var answer = tables.Answer() ?? throw new InvalidOperationException("there is no answer");
            var writing = answer.WriteToAsync(pipe.Writer, CancellationToken.None).AsTask();
            Assert.That((writing.IsCompleted, made < 5_000), Is.EqualTo((false, true)), $"{form}: {made} rows were made before anybody read one");
            await pipe.Reader.CompleteAsync();
            await writing;
            Assert.That(made, Is.LessThan(5_000), $"{form}: a reader that is gone gets no more rows");
        }
    }

    [Test]
    public void A_column_for_programs_needs_a_key_of_its_own()
    {
        Assert.That(() => new PageTable<string>("x").Text("", static s => s), Throws.ArgumentException);
        Assert.That(() => new PageTable<string>("x").Text("A b", static s => s).Text("a-B", static s => s), Throws.ArgumentException);
    }

    private static PageTable<string> Rows => new PageTable<string>("Rows").Text("Row", static r => r);

    private static IEnumerable<string> Endless()
    {
        for (var i = 1; ; i++)
        {
            yield return i <= 11 ? $"row {i}" : throw new InvalidOperationException("more rows were read than are shown");
        }
    }

    private static PageTables Numbered(int count, bool known, string? page)
    {
        var rows = Enumerable.Range(1, count).Select(static i => $"row {i}");
        return new PageTables(page is null ? Request() : Request(("page", page))).AddStream("rows", Rows, rows, known ? count : null, "none", 10);
    }

    private static PageTables Tables((string Name, long Size)[] rows, params (string Name, string Value)[] query) => new PageTables(Request(query)).Add("files", Table, rows, "none");

    private static PageRequest Request(params (string Name, string Value)[] query) =>
        new() { Path = "/", Query = query.ToDictionary(static q => q.Name, static q => q.Value) };

    private static string Html(PageTables tables)
    {
        Assert.That(tables.Answer(), Is.Null);
        var html = new HtmlWriter();
        tables.Write(html, "rows");
        return html.ToString();
    }

    private static string Text(PageResult? result) => Encoding.UTF8.GetString((result ?? throw new InvalidOperationException("there is no answer")).Body.Span);

    private static async Task<string> TextAsync(PageTables tables)
    {
        using var whole = new MemoryStream();
        var writer = PipeWriter.Create(whole, new StreamPipeWriterOptions(leaveOpen: true));
        await (tables.Answer() ?? throw new InvalidOperationException("there is no answer")).WriteToAsync(writer, CancellationToken.None);
        await writer.CompleteAsync();
        return Encoding.UTF8.GetString(whole.ToArray());
    }
}
