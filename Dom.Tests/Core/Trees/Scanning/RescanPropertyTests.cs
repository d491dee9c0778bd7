using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Scanning;

/// <summary>However a snapshot came about, it is the tree that a scan from nothing finds.</summary>
[TestFixture]
public sealed class RescanPropertyTests
{
    [Test]
    [CancelAfter(300_000)]
    public async Task Sweeps_and_partial_rescans_find_what_a_fresh_scan_finds(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(12, 400); seed++)
        {
            var random = new Random(seed);
            var options = new ScanOptions { Threads = random.Next(1, 4) };
            using var fixture = new ScanFixture(options);

            // Each counts for itself how often a file changes (rule 5): one scanner would see each change three times.
            var (rescanner, looker) = (new TreeScanner(fixture.Root, options), new TreeScanner(fixture.Root, options));
            var disk = new RandomDisk(fixture.Path, random);
            disk.Change(60);
            var swept = (await fixture.ScanAsync(cancellationToken)).Tree;
            var rescanned = swept;
            var looked = swept;
            for (var round = 0; round < 8; round++)
            {
                var touched = disk.Change(random.Next(1, 20));
                swept = (await fixture.ScanAsync(cancellationToken, swept)).Tree;
                rescanned = (await rescanner.RescanAsync(new ScanRequest(), rescanned, [.. touched.Select(UnixPath.Of)], cancellationToken)).Tree;
                looked = (await looker.LookAsync(new ScanRequest(), looked, [.. touched.Select(static path => new PathLook(UnixPath.Of(path), Deep: true))], cancellationToken)).Tree;
                var fresh = (await fixture.ScanAsync(cancellationToken)).Tree;
                Assert.That(ScanFixture.List(looked.Tree), Is.EqualTo(ScanFixture.List(fresh.Tree)), $"look at {string.Join(' ', touched)}, seed {seed}, round {round}");
                Assert.That((looked.Tree.Root, looked.Counts), Is.EqualTo((fresh.Tree.Root, fresh.Counts)));
                Assert.That(ScanFixture.List(swept.Tree), Is.EqualTo(ScanFixture.List(fresh.Tree)), $"sweep, seed {seed}, round {round}");
                Assert.That(ScanFixture.List(rescanned.Tree), Is.EqualTo(ScanFixture.List(fresh.Tree)), $"rescan of {string.Join(' ', touched)}, seed {seed}, round {round}");
                Assert.That((swept.Tree.Root, rescanned.Tree.Root), Is.EqualTo((fresh.Tree.Root, fresh.Tree.Root)));
                Assert.That((swept.Counts, rescanned.Counts), Is.EqualTo((fresh.Counts, fresh.Counts)));
                TreeVerifier.Verify(rescanned.Tree, image: true, cancellationToken);
            }
        }
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task A_very_large_directory_grows_changes_and_shrinks_through_its_forms(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        var count = Counts.Of(20_000, 200_000);
        fixture.Root.MakeDirectory("big"u8, 0x1c0);
        using var big = fixture.Root.OpenDirectory("big"u8);
        for (var i = 0; i < count; i++)
        {
            big.MakeNode(Name(i), FileKind.Regular, 0x180);
        }

        var tree = (await fixture.ScanAsync(cancellationToken)).Tree;
        Assert.That(tree.Counts.Inodes, Is.EqualTo(count + 1));
        for (var i = 0; i < 50; i++)
        {
            var before = tree;
            fixture.Write($"big/{Encoding.ASCII.GetString(Name(i * 7))}", $"changed {i}");
            big.Unlink(Name(count - 1 - i));
            tree = (await fixture.RescanAsync(tree, cancellationToken, Path(i * 7), Path(count - 1 - i))).Tree;
            Assert.That(tree.Tree.Root, Is.Not.EqualTo(before.Tree.Root));
        }

        await IsFreshAsync();

        var gone = new List<string>();
        for (var i = 100; i < count - 50; i++)
        {
            big.Unlink(Name(i));
            gone.Add(Path(i));
        }

        tree = (await fixture.RescanAsync(tree, cancellationToken, [.. gone])).Tree;
        await IsFreshAsync();
        Assert.That(tree.Tree.Blocks.Get(tree.Tree.Find(UnixPath.Of("/big")).Content).Kind, Is.EqualTo(BlockKind.Directory));
        TreeVerifier.Verify(tree.Tree, image: true, cancellationToken);

        async Task IsFreshAsync()
        {
            var fresh = (await fixture.ScanAsync(cancellationToken)).Tree;
            Assert.That(tree.Tree.Root, Is.EqualTo(fresh.Tree.Root));
            Assert.That(tree.Counts, Is.EqualTo(fresh.Counts));
        }

        static byte[] Name(int i) => Encoding.ASCII.GetBytes($"entry-{i:d6}");

        static string Path(int i) => $"/big/entry-{i:d6}";
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Paths_that_are_not_there_and_the_root_itself_can_be_read_again(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        fixture.Write("a/b/c", "x");
        var tree = (await fixture.ScanAsync(cancellationToken)).Tree;
        var again = (await fixture.RescanAsync(tree, cancellationToken, "/a/x/y/z", "/q", "/a/b/c/d", "/.subd")).Tree;
        Assert.That(again.Tree.Root, Is.EqualTo(tree.Tree.Root));
        fixture.Write("new/file", "y");
        again = (await fixture.RescanAsync(again, cancellationToken, "/")).Tree;
        Assert.That(again.Tree.Find(UnixPath.Of("/new/file")).Kind, Is.EqualTo(InodeKind.Regular));
        Directory.Delete(fixture.At("a"), recursive: true);
        again = (await fixture.RescanAsync(again, cancellationToken, "/a/b/c")).Tree;
        Assert.That(again.Tree.Find(UnixPath.Of("/a")).Kind, Is.EqualTo(InodeKind.None));
    }

    [Test]
    [CancelAfter(300_000)]
    public async Task Old_snapshots_stay_whole_while_new_ones_are_made(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        for (var i = 0; i < 300; i++)
        {
            fixture.Write($"d{i % 10}/f{i}", $"{i}");
        }

        var first = (await fixture.ScanAsync(cancellationToken)).Tree;
        var lines = ScanFixture.List(first.Tree);
        var tree = first;
        for (var i = 0; i < Counts.Of(300, 3000); i++)
        {
            fixture.Write($"d{i % 10}/f{i % 300}", new string('x', i + 1));
            tree = (await fixture.RescanAsync(tree, cancellationToken, $"/d{i % 10}/f{i % 300}")).Tree;
        }

        Assert.That(ScanFixture.List(first.Tree), Is.EqualTo(lines));
        Assert.That(ScanFixture.List(tree.Tree), Is.EqualTo(ScanFixture.List((await fixture.ScanAsync(cancellationToken)).Tree.Tree)));
    }
}
