using Dom.Roles.Pages;

namespace Dom.Tests.Roles.Pages;

public sealed class HtmlWriterTests
{
    [Test]
    public void Text_and_attributes_are_escaped_wherever_they_stand()
    {
        var html = new HtmlWriter();
        html.Element("p", "<script>alert('x') & \"y\"</script>\u0007", ("class", "\"><b>"));

        Assert.That(html.ToString(), Is.EqualTo(
            "<p class=\"&quot;&gt;&lt;b&gt;\">&lt;script&gt;alert(&#39;x&#39;) &amp; &quot;y&quot;&lt;/script&gt;\uFFFD</p>"));
    }

    [TestCase("javascript:alert(1)")]
    [TestCase("//elsewhere/")]
    [TestCase("data:text/html,x")]
    [TestCase(" javascript:alert(1)")]
    public void Links_lead_only_to_this_site_or_to_http(string address) =>
        Assert.That(() => new HtmlWriter().Link(address, "x"), Throws.ArgumentException);

    [Test]
    public void Event_handlers_and_inline_styles_cannot_be_written()
    {
        Assert.That(() => new HtmlWriter().Element("p", "x", ("onclick", "x")), Throws.ArgumentException);
        Assert.That(() => new HtmlWriter().Element("p", "x", ("style", "x")), Throws.ArgumentException);
        Assert.That(() => new HtmlWriter().Element("p x", "x"), Throws.ArgumentException);
    }

    [Test]
    public void A_document_with_an_open_element_is_refused()
    {
        var html = new HtmlWriter();
        html.Open("div");

        Assert.That(() => html.ToString(), Throws.InvalidOperationException);
    }

    [Test]
    public void Names_in_addresses_are_encoded_and_slashes_kept() =>
        Assert.That(PageAddress.Of("/images/", "a b/c?d\"e"), Is.EqualTo("/images/a%20b/c%3Fd%22e"));
}
