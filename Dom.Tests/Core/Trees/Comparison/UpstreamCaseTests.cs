namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>The eleven cases of Dominator's difference engine (reference 3.6).</summary>
public sealed class UpstreamCaseTests
{
    [Test]
    public void Same_file_needs_nothing() =>
        Assert.That(new ModelTree().File("/f").Compare(new ModelTree().File("/f")).IsCompliant, Is.True);

    [Test]
    public void File_the_image_lacks_is_deleted() =>
        Assert.That(new ModelTree().File("/f").Compare(new ModelTree()).Lines(), Is.EqualTo(["Delete /f"]));

    [Test]
    public void Other_owner_is_changed_in_place() =>
        Assert.That(new ModelTree().File("/f").Compare(new ModelTree().File("/f", uid: 1)).Lines(), Is.EqualTo(["ChangeMetadata /f"]));

    [Test]
    public void Identical_directory_needs_nothing() =>
        Assert.That(new ModelTree().Dir("/d").File("/d/f").Compare(new ModelTree().Dir("/d").File("/d/f")).IsCompliant, Is.True);

    [Test]
    public void Directory_the_image_lacks_is_removed_entry_by_entry() =>
        Assert.That(
            new ModelTree().Dir("/d").File("/d/f").File("/d/g").Compare(new ModelTree()).Lines(),
            Is.EqualTo(["Delete /d/g", "Delete /d/f", "RemoveDirectory /d"]));

    [Test]
    public void Two_duplicates_are_linked()
    {
        var plan = new ModelTree().File("/a").File("/b").Compare(new ModelTree().File("/a").Link("/b", "/a"));
        Assert.That(plan.Lines(), Is.EqualTo(["Link /b -> /a"]));
    }

    [Test]
    public void Pair_of_links_is_split()
    {
        var plan = new ModelTree().File("/a").Link("/b", "/a").Compare(new ModelTree().File("/a").File("/b"));
        Assert.That(plan.Lines(), Is.EqualTo(["Replace /b"]));
    }

    [TestCase("a1=b1 c1=d1", "a1=b1=c1=d1", "Link /c -> /a;Link /d -> /a", TestName = "Two_pairs_are_joined")]
    [TestCase("a1=b1=c1=d1", "a1=b1 c1=d1", "Replace /c;Link /d -> /c", TestName = "Four_links_are_split_into_pairs")]
    [TestCase("a1=b1", "a2=b2", "ChangeMetadata /a", TestName = "Owner_of_a_pair_is_changed_once")]
    [TestCase("a1=b1", "a1 b2", "Replace /b", TestName = "One_of_a_pair_gets_another_owner_and_inode")]
    [TestCase("a1 b2", "a2=b2", "Link /a -> /b", TestName = "Single_file_joins_the_one_with_the_right_owner")]
    public void Mixed_owners_and_links(string machine, string image, string steps)
    {
        var (from, to) = (Parse(machine), Parse(image));
        Assert.That(string.Join(';', from.Compare(to).Lines()), Is.EqualTo(steps));
        Assert.That(from.Applied(to).Lines(), Is.EqualTo(to.Lines()));
    }

    /// <summary>Groups of names joined by "="; the digit of a name is its owner.</summary>
    private static ModelTree Parse(string text)
    {
        var tree = new ModelTree();
        foreach (var group in text.Split(' '))
        {
            var names = group.Split('=');
            tree.File($"/{names[0][0]}", uid: (uint)(names[0][1] - '0'));
            foreach (var name in names.Skip(1))
            {
                tree.Link($"/{name[0]}", $"/{names[0][0]}");
            }
        }

        return tree;
    }
}
