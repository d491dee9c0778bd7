using System.Text;
using Dom.Roles.Pages;

namespace Dom.Tests.Roles.Pages;

public sealed class PageLayoutTests
{
    private static readonly PageLayout Layout = new("master", "m1<", [new("/", "Overview"), new("/machines", "Machines")]);

    [Test]
    public void A_page_names_role_host_and_the_current_entry_of_the_menu()
    {
        var text = Render("/machines", html => html.Element("p", "hello"));

        Assert.That(text, Does.Contain("<title>Machines · master m1&lt;</title>"));
        Assert.That(text, Does.Contain("<a href=\"/machines\" aria-current=\"page\">Machines</a>"));
        Assert.That(text, Does.Contain("<p>hello</p>"));
        Assert.That(text, Does.Not.Contain("<script").And.Not.Contain("role=\"alert\""));
    }

    [Test]
    public void A_stop_is_shown_as_a_banner_with_its_reason() =>
        Assert.That(Render("/", _ => { }, "Updates are disabled by alice: fire"),
            Does.Contain("<div class=\"stop\" role=\"alert\"><strong>STOP</strong> Updates are disabled by alice: fire</div>"));

    [Test]
    public void Tables_say_in_words_what_their_colours_say()
    {
        var table = new PageTable<string>("Machines")
            .Column("Status", (html, s) => html.Badge(Tone.Good, s))
            .Number("Files", _ => Amounts.Count(200_000));

        Assert.That(Render("/", html => table.Write(html, ["synced"], "none")), Does.Contain("<span class=\"badge good\">synced</span>").And.Contain("200,000"));
        Assert.That(Render("/", html => table.Write(html, [], "none at all")), Does.Contain("none at all").And.Not.Contain("<table>"));
    }

    [Test]
    public void A_page_reloads_itself_only_when_asked()
    {
        var asked = new PageRequest { Path = "/", Query = new Dictionary<string, string> { ["refresh"] = "5" } };

        Assert.That(Text(Layout.Render(asked, "x", _ => { })), Does.Contain("http-equiv=\"refresh\" content=\"5\""));
        Assert.That(Render("/", _ => { }), Does.Not.Contain("http-equiv"));
    }

    [TestCase(0, "0 B")]
    [TestCase(999, "999 B")]
    [TestCase(1000, "0.98 KiB")]
    [TestCase(1536, "1.50 KiB")]
    [TestCase(33_501_000_000, "31.2 GiB")]
    public void Bytes_are_shown_with_three_digits(long bytes, string text) => Assert.That(Amounts.Bytes(bytes), Is.EqualTo(text));

    [TestCase(0.012, "12 ms")]
    [TestCase(1.94, "1.9 s")]
    [TestCase(200, "3 min 20 s")]
    [TestCase(187_200, "2 d 4 h")]
    public void Durations_are_shown_with_their_two_largest_units(double seconds, string text) =>
        Assert.That(Amounts.Duration(TimeSpan.FromSeconds(seconds)), Is.EqualTo(text));

    private static string Render(string path, Action<HtmlWriter> body, string? stop = null) =>
        Text(Layout.Render(new PageRequest { Path = path }, "Machines", body, stop));

    private static string Text(PageResult result) => Encoding.UTF8.GetString(result.Body.Span);
}
