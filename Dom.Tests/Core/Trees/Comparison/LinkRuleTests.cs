using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>Rule 3: hard links.</summary>
public sealed class LinkRuleTests
{
    [Test]
    public void Three_names_in_three_directories_follow_when_the_content_of_one_changed()
    {
        var image = Three("x");
        var machine = Three("x");
        machine.Entries["/b/f"] = ModelInode.File("y");
        Assert.That(machine.Compare(image).Lines(), Is.EqualTo(["Link /b/f -> /a/f"]));

        machine = Three("y");
        Assert.That(machine.Compare(image).Lines(), Is.EqualTo(["Replace /a/f", "Link /b/f -> /a/f", "Link /c/f -> /a/f"]));
        Assert.That(machine.Applied(image).Lines(), Is.EqualTo(image.Lines()));
    }

    [Test]
    public void Links_are_found_missing_below_equal_digests()
    {
        var image = Three("x");
        var machine = new ModelTree().Dir("/a").File("/a/f").Dir("/b").File("/b/f").Dir("/c").File("/c/f");
        Assert.That(machine.Compare(image).Lines(), Is.EqualTo(["Link /b/f -> /a/f", "Link /c/f -> /a/f"]));
        Assert.That(image.Compare(machine).Lines(), Is.EqualTo(["Replace /b/f", "Replace /c/f"]));
    }

    [Test]
    public void Filtered_first_name_is_no_name()
    {
        var (machine, image) = (Three("x"), Three("y"));
        Assert.That(machine.Compare(image, "/a(|/.*)$").Lines(), Is.EqualTo(["Replace /b/f", "Link /c/f -> /b/f"]));
        var after = machine.Applied(image, "/a(|/.*)$");
        Assert.That((after.Entries["/a/f"].Content, after.Entries["/b/f"].Content), Is.EqualTo(("x", "y")));
    }

    [Test]
    public void One_name_left_after_filtering_is_no_link()
    {
        var image = new ModelTree().Dir("/a").Dir("/b").File("/b/f");
        var machine = new ModelTree().Dir("/a").File("/a/f").Dir("/b").Link("/b/f", "/a/f");
        Assert.That(machine.Compare(image, "/a/f$").IsCompliant, Is.True);
    }

    [Test]
    public void Mode_does_not_leak_to_a_filtered_name()
    {
        var machine = new ModelTree().Dir("/a").File("/a/f").Dir("/b").Link("/b/f", "/a/f");
        var image = new ModelTree().Dir("/a").Dir("/b").File("/b/f", mode: 0x180);
        foreach (var opaque in new[] { false, true })
        {
            Assert.That(machine.Compare(image, "/a/f$", opaque: opaque).Lines(), Is.EqualTo(["Replace /b/f"]), $"opaque: {opaque}");
            Assert.That(machine.Applied(image, "/a/f$", opaque: opaque).Entries["/a/f"].Mode, Is.EqualTo(0x1A4u));
        }
    }

    [Test]
    public void Mode_does_not_leak_to_a_name_with_another_mode_or_to_an_extra_one_of_a_sparse_image()
    {
        var machine = new ModelTree().File("/a").Link("/b", "/a");
        Assert.That(machine.Compare(new ModelTree().File("/a", mode: 0x180).File("/b")).Lines(), Is.EqualTo(["Replace /a"]));
        Assert.That(machine.Compare(new ModelTree().File("/a", mode: 0x180), sparse: true).Lines(), Is.EqualTo(["Replace /a"]));
        Assert.That(machine.Compare(new ModelTree().File("/a", mode: 0x180)).Lines(), Is.EqualTo(["ChangeMetadata /a", "Delete /b"]));
    }

    [Test]
    public void Mode_of_a_whole_group_is_changed_once()
    {
        var (machine, image) = (Three("x"), Three("x"));
        image.Entries["/a/f"].Mode = 0x180;
        var plan = machine.Compare(image);
        Assert.That(plan.Lines(), Is.EqualTo(["ChangeMetadata /a/f"]));
        Assert.That(plan.OtherNames.Select(p => p.ToString()), Is.EqualTo(["/b/f", "/c/f"]));
        Assert.That((plan.Counts.Changes, plan.OtherNamesBeyondTime), Is.EqualTo((3L, 2)));
    }

    [Test]
    public void Link_can_take_the_place_of_a_directory_and_the_other_way_round()
    {
        var linked = new ModelTree().File("/a").Link("/x", "/a");
        var directory = new ModelTree().File("/a").Dir("/x").File("/x/f");
        Assert.That(directory.Compare(linked).Lines(), Is.EqualTo(["Delete /x/f", "Link /x -> /a"]));
        Assert.That(linked.Compare(directory).Lines(), Is.EqualTo(["Replace /x", "Create /x/f"]));
        Assert.That(directory.Applied(linked).Lines(), Is.EqualTo(linked.Lines()));
        Assert.That(linked.Applied(directory).Lines(), Is.EqualTo(directory.Lines()));
    }

    [Test]
    public void New_links_come_after_what_they_link_to()
    {
        var image = new ModelTree().Dir("/etc").File("/etc/z").Link("/a", "/etc/z");
        var machine = new ModelTree().Dir("/etc").File("/etc/z", "y").Dir("/a").File("/a/f");
        Assert.That(machine.Compare(image).Lines(), Is.EqualTo(["Replace /etc/z", "Delete /a/f", "Link /a -> /etc/z"]));
    }

    [Test]
    public void Image_that_contradicts_itself_is_refused()
    {
        var image = Three("x").ToFileTree();
        var other = new ModelTree().Dir("/a").File("/a/f").Dir("/b").File("/b/f", "y").Dir("/c").File("/c/f").ToFileTree();
        var blocks = new MemoryBlocks();
        foreach (var block in ((MemoryBlocks)image.Blocks).All.Concat(((MemoryBlocks)other.Blocks).All))
        {
            blocks.Add(block);
        }

        var root = TreeRootBlock.Write(other.ReadRoot() with { Links = image.ReadRoot().Links });
        blocks.Add(root);
        var input = new ComparisonInput
        {
            Manifest = Comparing.Manifest,
            Machine = new ModelTree().ToFileTree(),
            Image = new FileTree(root.Digest, blocks),
        };
        Assert.That(() => TreeComparison.Compare(input), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("/b/f"));
    }

    private static ModelTree Three(string content) =>
        new ModelTree().Dir("/a").File("/a/f", content).Dir("/b").Link("/b/f", "/a/f").Dir("/c").Link("/c/f", "/a/f");
}
