using System.Security.Cryptography;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;

namespace Dom.Tests.Core.Trees.Scanning;

/// <summary>Files whose content no scan waits for.</summary>
[TestFixture]
[CancelAfter(60_000)]
public sealed class LargeFileTests
{
    private const long Huge = 4L << 40;

    private static readonly ScanOptions Options = new() { LargeFile = 64 << 20 };

    [Test]
    public async Task A_scan_does_not_read_what_is_larger_than_the_limit_or_mostly_a_hole(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(Options);
        Extend(fixture.Write("huge", "x"), Huge);
        Extend(fixture.Write("holes", "x"), 32 << 20);
        fixture.Write("small", "small");
        await SettleAsync(cancellationToken);
        var result = await fixture.ScanAsync(cancellationToken);
        Assert.That(result.BytesRead, Is.EqualTo(5));
        Assert.That(result.Tree.Counts.Unread, Is.EqualTo(2));
        Assert.That(result.Tree.ListUnread(10).Select(f => $"{f.Path} {f.Size}"), Is.EqualTo([$"/holes {32 << 20}", $"/huge {Huge}"]));
        Assert.That(result.Tree.Tree.Find(UnixPath.Of("/huge")), Has.Property(nameof(Inode.IsUnread)).True.And.Property(nameof(Inode.Size)).EqualTo((ulong)Huge));
        Assert.That(result.Tree.Tree.Find(UnixPath.Of("/small")).Content, Is.EqualTo(ObjectId.Of("small"u8)));

        var again = await fixture.ScanAsync(cancellationToken, result.Tree);
        Assert.That((again.BytesRead, again.Tree.Counts.Unread), Is.EqualTo((0, 2)));
        var forced = await fixture.RescanAsync(again.Tree, cancellationToken, "/huge");
        Assert.That((forced.BytesRead, forced.Tree.Counts.Unread), Is.EqualTo((0, 2)));
    }

    [Test]
    public async Task A_file_that_becomes_huge_is_unread_again_and_one_that_shrinks_is_read(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(Options);
        var path = fixture.Write("f", "first");
        var first = await fixture.ScanAsync(cancellationToken);
        Extend(path, Huge);
        var second = await fixture.ScanAsync(cancellationToken, first.Tree);
        Assert.That(second.Tree.Tree.Find(UnixPath.Of("/f")).IsUnread, Is.True);
        Extend(path, 5);
        var third = await fixture.ScanAsync(cancellationToken, second.Tree);
        Assert.That(third.Tree.Tree.Find(UnixPath.Of("/f")).Content, Is.EqualTo(ObjectId.Of("first"u8)));
        Assert.That(third.Tree.Counts.Unread, Is.Zero);
    }

    [Test]
    public async Task What_a_sweep_leaves_over_is_read_by_the_next_ones(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(Options with { MaxSweepBytes = 5 << 20 });
        var first = await fixture.ScanAsync(cancellationToken);
        for (var i = 0; i < 4; i++)
        {
            await File.WriteAllBytesAsync(fixture.At($"f{i}"), RandomNumberGenerator.GetBytes(2 << 20), cancellationToken);
        }

        await SettleAsync(cancellationToken);
        var second = await fixture.ScanAsync(cancellationToken, first.Tree);
        Assert.That((second.BytesRead, second.Tree.Counts.Unread), Is.EqualTo((4L << 20, 2L)));
        var third = await fixture.ScanAsync(cancellationToken, second.Tree);
        Assert.That(third.Tree.Counts.Unread, Is.Zero);
        Assert.That(ScanFixture.List(third.Tree.Tree), Is.EqualTo(ScanFixture.List((await fixture.ScanAsync(cancellationToken)).Tree.Tree)));
    }

    [Test]
    public async Task A_large_file_is_read_beside_the_scans_and_brought_in_under_all_its_names(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(Options);
        Extend(fixture.Write("dir/a", "x"), 70 << 20);
        fixture.Root.Link("dir/a"u8, fixture.Root, "b"u8);
        var before = await ScanUntilSettledAsync(fixture, cancellationToken);
        Assert.That(before.Counts.Unread, Is.EqualTo(2));

        var reading = await new LargeFileReader(fixture.Root, Options).ReadAsync(before.ListUnread(1)[0], null, cancellationToken);
        Assert.That((reading.Error, reading.BytesRead, reading.IsFinal), Is.EqualTo((Errno.None, 70L << 20, true)));
        var request = new ScanRequest { Contents = [reading] };
        var after = await fixture.Scanner.RescanAsync(request, before, [UnixPath.Of("/b"), UnixPath.Of("/dir/a")], cancellationToken);
        Assert.That((after.BytesRead, after.Tree.Counts.Unread), Is.EqualTo((0, 0)));

        var fresh = await new TreeScanner(fixture.Root, new ScanOptions()).ScanAsync(new ScanRequest(), null, cancellationToken);
        Assert.That(after.Tree.Tree.Root, Is.EqualTo(fresh.Tree.Tree.Root));
    }

    [Test]
    public async Task Reading_ends_at_once_when_the_file_is_deleted_or_changed(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(Options);
        var reader = new LargeFileReader(fixture.Root, Options);
        foreach (var (end, expected) in new (Action<string> End, Errno Expected)[] { (File.Delete, Errno.ENOENT), (p => Extend(p, Huge - 1), Errno.ESTALE) })
        {
            var path = fixture.Write("huge", "x");
            Extend(path, Huge);
            var tree = await ScanUntilSettledAsync(fixture, cancellationToken);
            var reading = reader.ReadAsync(tree.ListUnread(1)[0], null, cancellationToken);
            Assert.That(reading.IsCompleted, Is.False);
            end(path);
            var result = await reading;
            Assert.That(result.Error, Is.EqualTo(expected).Or.EqualTo(Errno.ESTALE));
            Assert.That((result.IsFinal, result.BytesRead < Huge), Is.EqualTo((false, true)));
        }
    }

    /// <summary>Scans when all files are old enough to be told from later changes.</summary>
    private static async Task<MachineTree> ScanUntilSettledAsync(ScanFixture fixture, CancellationToken cancellationToken)
    {
        await SettleAsync(cancellationToken);
        return (await fixture.ScanAsync(cancellationToken)).Tree;
    }

    /// <summary>What changed so shortly before a scan that its times cannot tell is read again by the next one.</summary>
    private static Task SettleAsync(CancellationToken cancellationToken) => Task.Delay(2 * Options.TimeGranularity, cancellationToken);

    private static void Extend(string path, long size)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(size);
    }
}
