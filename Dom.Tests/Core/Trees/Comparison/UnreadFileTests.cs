namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>Files of a machine whose content is not known yet: nothing is decided on a guess, and nothing waits that needs no content.</summary>
public sealed class UnreadFileTests
{
    [Test]
    public void A_file_that_may_be_right_is_awaited_and_the_machine_is_not_compliant()
    {
        var plan = Unread("/f", "xxxx").Compare(new ModelTree().File("/f", "same"));
        Assert.That(plan.Lines(), Is.Empty);
        Assert.That(plan.Remarked(), Is.EqualTo(["Unknown /f"]));
        Assert.That(plan.Awaited.Select(p => p.ToString()), Is.EqualTo(["/f"]));
        Assert.That((plan.Unread, plan.Unknown, plan.IsCompliant, plan.OnlyAwaitsContents), Is.EqualTo((1, 1, false, true)));
    }

    [Test]
    public void What_the_image_lacks_or_has_with_another_size_or_kind_is_planned_at_once()
    {
        Assert.That(Unread("/f", "xxxx").Compare(new ModelTree()).Lines(), Is.EqualTo(["Delete /f"]));
        Assert.That(Unread("/f", "xxxx").Compare(new ModelTree().File("/f", "longer")).Lines(), Is.EqualTo(["Replace /f"]));
        Assert.That(Unread("/f", "xxxx").Compare(new ModelTree().Put("/f", ModelInode.Symlink("xxxx"))).Lines(), Is.EqualTo(["Replace /f"]));
        Assert.That(Unread("/f", "xxxx").Compare(new ModelTree().Dir("/f")).Lines(), Is.EqualTo(["Replace /f"]));
        Assert.That(Unread("/f", "xxxx").Compare(new ModelTree()).Unread, Is.Zero);
    }

    [Test]
    public void A_computed_file_is_awaited_when_it_has_the_size_of_the_set()
    {
        var image = new ModelTree().Put("/f", new ModelInode { Kind = Dom.Core.Trees.InodeKind.Computed });
        Assert.That(Unread("/f", "xxxx").Compare(image, computed: new Dictionary<string, string> { ["/f"] = "same" }).Unread, Is.EqualTo(1));
        Assert.That(Unread("/f", "xxxx").Compare(image, computed: new Dictionary<string, string> { ["/f"] = "longer" }).Lines(), Is.EqualTo(["Replace /f"]));
    }

    [Test]
    public void Names_that_the_image_links_to_an_awaited_file_wait_with_it()
    {
        var image = new ModelTree().File("/a", "same").Link("/b", "/a").Link("/c", "/a");
        var machine = Unread("/a", "xxxx").Link("/b", "/a");
        var plan = machine.Compare(image);
        Assert.That(plan.Lines(), Is.Empty);
        Assert.That((plan.Unread, plan.IsCompliant), Is.EqualTo((2, false)));
    }

    private static ModelTree Unread(string path, string content) =>
        new ModelTree().Put(path, new ModelInode { Content = content, IsUnread = true });
}
