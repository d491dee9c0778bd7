using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Tests.Core.Trees;

[TestFixture]
public sealed class TreeVerifierTests
{
    private static readonly Inode File = new() { Kind = InodeKind.Regular, Mode = 0x1a4, Size = 3, Content = ObjectId.Of("abc"u8) };

    private MemoryBlocks _blocks;

    [SetUp]
    public void NewBlocks() => _blocks = new MemoryBlocks();

    [Test]
    public void Totals_count_every_place_of_a_shared_directory()
    {
        var shared = Build(("a", File), ("b", File));
        var root = Build(("one", Directory(shared)), ("two", Directory(shared)));
        Assert.That(Verify(root), Is.EqualTo(new TreeTotals(7, 12, 1)));
    }

    [Test]
    public void A_small_leaf_written_as_a_fan_out_node_is_refused()
    {
        var leaf = Build(("a", File));
        var children = new ObjectId[TreeFormat.FanOut];
        children[FanOutBlock.ChildOf("a"u8, 0)] = leaf;
        var node = FanOutBlock.Write(children);
        _blocks.Add(node);
        Assert.That(() => Verify(node.Digest), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("another form"));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_tower_of_fan_out_nodes_that_name_the_same_child_is_refused_at_once(bool hasEntry)
    {
        // 32 levels of one child 256 times: 33 small blocks that stand for more leaves than anybody could read.
        var id = Build(hasEntry ? [("a", File)] : []);
        for (var i = 0; i < ObjectId.Size; i++)
        {
            var node = FanOutBlock.Write([.. Enumerable.Repeat(id, TreeFormat.FanOut)]);
            _blocks.Add(node);
            id = node.Digest;
        }

        Assert.That(() => Verify(id), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("twice"));
        Assert.That(() => DirectoryContents.Read(_blocks, id), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("twice"));
        Assert.That(() => LinkTable.Read(_blocks, id), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("twice"));
    }

    [Test]
    public void Reading_a_large_directory_ends_when_nobody_waits_for_it()
    {
        var id = SampleTree.Build(Enumerable.Range(0, 5000).Select(static i => (Encoding.ASCII.GetBytes($"{i}"), File)), _blocks.Add);
        using var gone = new CancellationTokenSource();
        var leaves = NodeLeaves.Of(_blocks, id, gone.Token).GetEnumerator();
        Assert.That(leaves.MoveNext());
        gone.Cancel();
        Assert.That(leaves.MoveNext, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_name_in_the_wrong_part_is_refused()
    {
        var entries = Enumerable.Range(0, 5000).Select(static i => (Encoding.ASCII.GetBytes($"{i}"), File));
        var id = SampleTree.Build(entries, _blocks.Add);
        var children = FanOutBlock.Read(_blocks.Get(id));
        (children[3], children[4]) = (children[4], children[3]);
        var node = FanOutBlock.Write(children);
        _blocks.Add(node);
        Assert.That(Verify(id).Inodes, Is.EqualTo(5001));
        Assert.That(() => Verify(node.Digest), Throws.InstanceOf<CorruptTreeException>());
    }

    [Test]
    public void A_tree_that_stands_for_too_many_files_is_refused_quickly()
    {
        // 30 levels of two equal directories are 30 blocks and a billion files.
        var id = Build(("f", File));
        for (var i = 0; i < 30; i++)
        {
            id = Build(("a", Directory(id)), ("b", Directory(id)));
        }

        Assert.That(() => Verify(id), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("inodes"));
    }

    [Test]
    public void What_is_the_subs_own_is_part_of_no_image()
    {
        Assert.That(() => Verify(Build((".subd", File))), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("/.subd"));
        Assert.That(() => Verify(Build(("a", Directory(Build((".subd", File)))))), Throws.Nothing);
    }

    [TestCase(TreeFormat.MaxTimeSeconds, true)]
    [TestCase(TreeFormat.MaxTimeSeconds + 1, false)]
    [TestCase(-TreeFormat.MaxTimeSeconds - 1, false)]
    [TestCase(long.MaxValue, false)]
    [TestCase(long.MinValue, false)]
    public void Times_that_no_file_system_has_use_for_are_refused(long seconds, bool accepted)
    {
        var root = Build(("f", File with { MtimeSeconds = seconds }));
        Assert.That(() => Verify(root), accepted ? Throws.Nothing : Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("'f'"));
    }

    [Test]
    public void A_tree_that_is_too_deep_is_refused()
    {
        var id = Build(("f", File));
        for (var i = 0; i < TreeFormat.MaxDepth; i++)
        {
            id = Build(("d", Directory(id)));
        }

        Assert.That(Verify(id).Depth, Is.EqualTo(TreeFormat.MaxDepth));
        id = Build(("d", Directory(id)));
        Assert.That(() => Verify(id), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("deeper"));
    }

    [Test]
    public void A_missing_block_is_named()
    {
        var missing = SampleTree.RandomId(new Random(1));
        var root = Build(("d", Directory(missing)));
        Assert.That(() => Verify(root), Throws.InstanceOf<MissingBlockException>().With.Message.Contains(missing.ToString()));
    }

    [Test]
    public void Kinds_that_only_machines_have_are_refused_in_an_image()
    {
        var root = Build(("x", new Inode { Kind = InodeKind.Opaque }));
        Assert.That(() => Verify(root), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("Opaque"));
        Assert.That(() => TreeVerifier.Verify(SampleTree.Root(_blocks, root), image: false, CancellationToken.None), Throws.Nothing);
    }

    [Test]
    public void Hard_links_must_be_equal_files_that_exist()
    {
        var root = Build(("a", File), ("b", File), ("c", File with { Mode = 0x100 }), ("d", Directory(Build())));
        Assert.That(() => Verify(root, ["/a", "/b"]), Throws.Nothing);
        Assert.That(() => Verify(root, ["/a", "/c"]), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("/c"));
        Assert.That(() => Verify(root, ["/a", "/x"]), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("/x"));
        Assert.That(() => Verify(root, ["/d", "/d/e"]), Throws.InstanceOf<CorruptTreeException>());
    }

    [Test]
    public void A_link_table_of_any_size_comes_back([Values(1, 4096, 30_000)] int groups)
    {
        var table = new LinkTable(Enumerable.Range(0, groups).Select(static i =>
            new LinkGroup(Enumerable.Range(0, 2 + i % 3).Select(j => UnixPath.Of($"/directory/{j}/{i}")))));
        var id = table.Write(_blocks.Add);
        var again = LinkTable.Read(_blocks, id);
        Assert.That(again.Groups.Select(static g => string.Join(' ', g.Paths)), Is.EqualTo(table.Groups.Select(static g => string.Join(' ', g.Paths))));
        Assert.That(again.Write(static _ => { }), Is.EqualTo(id));
        Assert.That(again.Find(UnixPath.Of("/directory/1/0"))?.Paths, Has.Count.EqualTo(2));
        Assert.That(again.Find(UnixPath.Of("/directory/9/0")), Is.Null);
        foreach (var block in _blocks.All)
        {
            Assert.That(() => Block.Verified(block.Digest, block.Bytes), Throws.Nothing);
        }
    }

    [Test]
    public void A_file_with_very_many_names_fits()
    {
        var table = new LinkTable([new LinkGroup(Enumerable.Range(0, 60_000).Select(static i => UnixPath.Of($"/objects/{i}/a name of some length")))]);
        var id = table.Write(_blocks.Add);
        Assert.That(_blocks.All.Max(static b => b.Bytes.Length), Is.LessThanOrEqualTo(TreeFormat.MaxBlockBytes));
        Assert.That(LinkTable.Read(_blocks, id).Groups[0].Paths, Has.Count.EqualTo(60_000));
    }

    [Test]
    public void A_path_in_two_groups_is_refused() =>
        Assert.That(
            () => new LinkTable([Group("/a", "/b"), Group("/b", "/c")]),
            Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("/b"));

    [Test]
    public void An_unknown_version_of_the_format_is_refused_by_name()
    {
        var inode = new Inode { Kind = InodeKind.Directory, Mode = 0x1ed, Content = Build() };
        var block = TreeRootBlock.Write(new TreeRoot(TreeFormat.Version + 1, inode, default));
        Assert.That(() => TreeRootBlock.Read(block), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("version 2"));
    }

    private static Inode Directory(ObjectId content) => new() { Kind = InodeKind.Directory, Mode = 0x1ed, Content = content };

    private static LinkGroup Group(params string[] paths) => new(paths.Select(UnixPath.Of));

    private ObjectId Build(params (string Name, Inode Inode)[] entries) =>
        SampleTree.Build(entries.Select(static e => (Encoding.ASCII.GetBytes(e.Name), e.Inode)), _blocks.Add);

    private TreeTotals Verify(ObjectId directory, string[]? links = null) => TreeVerifier.Verify(
        SampleTree.Root(_blocks, directory, links is null ? null : new LinkTable([Group(links)])), image: true, CancellationToken.None);
}
