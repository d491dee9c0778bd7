using Dom.Roles.Pages;

namespace Dom.Tests.Roles.Pages;

public sealed class PageMapTests
{
    [Test]
    public void An_exact_path_wins_over_the_longest_prefix()
    {
        var map = new PageMap();
        map.Add("/", PageAccess.Open, Answer);
        map.Add("/images/*", PageAccess.Open, Answer);
        map.Add("/images/files/*", PageAccess.Certificate, Answer);
        map.Add("/images/all", PageAccess.Open, Answer);

        Assert.That(map.Find("/images/all")?.Page.Path, Is.EqualTo("/images/all"));
        Assert.That(map.Find("/images/a/b")?.Rest, Is.EqualTo("a/b"));
        Assert.That(map.Find("/images/files/a/b")?.Page.Access, Is.EqualTo(PageAccess.Certificate));
        Assert.That(map.Find("/images/"), Is.Null);
        Assert.That(map.Find("/nothing"), Is.Null);
    }

    [Test]
    public void Two_pages_at_one_path_are_refused()
    {
        var map = new PageMap();
        map.Add("/", PageAccess.Open, Answer);

        Assert.That(() => map.Add("/", PageAccess.Open, Answer), Throws.ArgumentException);
        Assert.That(() => map.Add("x", PageAccess.Open, Answer), Throws.ArgumentException);
    }

    private static ValueTask<PageResult> Answer(PageRequest request, CancellationToken cancellationToken) => new(PageResult.Text("ok"));
}
