using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Scanning;

/// <summary>Files that change, vanish or cannot be read while a scan runs.</summary>
[TestFixture]
public sealed class TreeScannerDisturbanceTests
{
    [Test]
    [CancelAfter(60_000)]
    public async Task What_cannot_be_read_is_unknown_and_ends_nothing(CancellationToken cancellationToken)
    {
        // As root nothing is unreadable by its mode; a name that is too deep is for everybody.
        using var fixture = new ScanFixture();
        var depth = TreeFormat.MaxDepth + 3;
        var handle = fixture.Root.OpenDirectory("."u8);
        for (var i = 0; i < depth; i++)
        {
            handle.MakeDirectory("d"u8, 0x1c0);
            var next = handle.OpenDirectory("d"u8);
            handle.Dispose();
            handle = next;
        }

        handle.Dispose();
        fixture.Write("readable", "x");
        var tree = (await fixture.ScanAsync(cancellationToken)).Tree;
        Assert.That(tree.Counts.Unknown, Is.EqualTo(1));
        Assert.That(tree.ListUnreadable()[0].Error, Is.EqualTo(Errno.ENAMETOOLONG));
        Assert.That(tree.Tree.Find(UnixPath.Of("/readable")).Content, Is.EqualTo(ObjectId.Of("x"u8)));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Files_and_directories_without_permission_are_unknown_with_their_errno(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        fixture.Write("secret", "x");
        fixture.Write("closed/inner", "x");
        fixture.Write("open/inner", "x");
        File.SetUnixFileMode(fixture.At("secret"), UnixFileMode.None);
        File.SetUnixFileMode(fixture.At("closed"), UnixFileMode.None);
        const UnixFileMode everybody = UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(fixture.Path, everybody | UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Task<ScanResult> scan;
        using (new FileUser(65534))
        {
            scan = fixture.ScanAsync(cancellationToken);
        }

        var result = await scan;
        var unreadable = result.Tree.ListUnreadable().Select(u => $"{u.Path} {u.Error}");
        Assert.That(unreadable, Is.EqualTo(["/closed EACCES", "/secret EACCES"]));
        Assert.That(result.Tree.Counts.Unknown, Is.EqualTo(2));
        Assert.That(result.Tree.Tree.Find(UnixPath.Of("/open/inner")).Kind, Is.EqualTo(InodeKind.Regular));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Files_that_come_and_go_during_scans_never_fail_one(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        for (var i = 0; i < 200; i++)
        {
            fixture.Write($"stay/{i}", $"{i}");
        }

        using var stop = new CancellationTokenSource();
        var churn = Task.Run(
            () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    var path = fixture.At("stay", $"churn{i % 50}");
                    File.WriteAllText(path, new string('x', i % 5000));
                    Directory.CreateDirectory(fixture.At("stay", $"dir{i % 20}"));
                    if (i % 2 == 0)
                    {
                        File.Delete(path);
                        Directory.Delete(fixture.At("stay", $"dir{i % 20}"));
                    }
                }
            },
            cancellationToken);
        MachineTree? tree = null;
        for (var i = 0; i < Counts.Of(20, 500); i++)
        {
            tree = (await fixture.ScanAsync(cancellationToken, tree)).Tree;
        }

        await stop.CancelAsync();
        await churn;
        var last = (await fixture.ScanAsync(cancellationToken, tree)).Tree;
        var fresh = (await fixture.ScanAsync(cancellationToken)).Tree;
        for (var i = 0; i < 200; i++)
        {
            Assert.That(last.Tree.Find(UnixPath.Of($"/stay/{i}")).Content, Is.EqualTo(ObjectId.Of(ScanFixture.Bytes($"{i}"))));
        }

        Assert.That(last.Counts.Unknown, Is.Zero);
        Assert.That(fresh.Counts.Unknown, Is.Zero);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_change_of_a_file_with_many_names_is_one_change(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        var names = Enumerable.Range(0, 40).Select(i => $"name-{i:00}").ToArray();
        fixture.Write(names[0], "first");
        foreach (var name in names[1..])
        {
            fixture.Root.Link(Encoding.ASCII.GetBytes(names[0]), fixture.Root, Encoding.ASCII.GetBytes(name));
        }

        var result = await fixture.ScanAsync(cancellationToken);
        for (var i = 0; i < 5; i++)
        {
            await File.WriteAllTextAsync(fixture.At(names[0]), $"content {i}", cancellationToken);
            result = await fixture.ScanAsync(cancellationToken, result.Tree);
            var contents = names.Select(n => result.Tree.Tree.Find(UnixPath.Of($"/{n}")).Content).Distinct();
            Assert.That(contents, Is.EqualTo([ObjectId.Of(ScanFixture.Bytes($"content {i}"))]));
        }

        Assert.That(result.Hot, Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Looking_again_at_what_changed_a_moment_ago_is_not_another_change(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(new ScanOptions { TimeGranularity = TimeSpan.FromHours(1) });
        fixture.Write("f", "first");
        var result = await fixture.ScanAsync(cancellationToken);
        for (var i = 0; i < 20; i++)
        {
            result = await fixture.ScanAsync(cancellationToken, result.Tree);
            Assert.That(result.FilesRead, Is.EqualTo(1));
        }

        Assert.That(result.Hot, Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_file_that_changes_more_than_ten_times_a_minute_is_read_once_a_minute(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(4_000_000_000));
        using var fixture = new ScanFixture(new ScanOptions { Time = time });
        fixture.Write("log", "0");
        var result = await fixture.ScanAsync(cancellationToken);
        var reads = 0L;
        for (var i = 1; i <= 20; i++)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            File.AppendAllText(fixture.At("log"), $"{i}");
            result = await fixture.ScanAsync(cancellationToken, result.Tree);
            reads += result.FilesRead;
        }

        Assert.That(reads, Is.EqualTo(10));
        Assert.That(result.Hot.Select(h => h.Path), Is.EqualTo([UnixPath.Of("/log")]));
        Assert.That(result.Tree.TryGetFacts(UnixPath.Of("/log"), out var facts) && facts.IsHot, Is.True);

        fixture.Root.SetMode("log"u8, 0x1ff);
        result = await fixture.ScanAsync(cancellationToken, result.Tree);
        Assert.That(result.Tree.Tree.Find(UnixPath.Of("/log")).Mode, Is.EqualTo(0x1ff), "metadata is told at once");

        time.Advance(TimeSpan.FromMinutes(1));
        result = await fixture.ScanAsync(cancellationToken, result.Tree);
        Assert.That(result.FilesRead, Is.EqualTo(1));
        Assert.That(
            result.Tree.Tree.Find(UnixPath.Of("/log")).Content,
            Is.EqualTo(ObjectId.Of(File.ReadAllBytes(fixture.At("log")))));
        Assert.That(result.Hot, Is.Empty);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_file_that_changes_while_it_is_read_twice_is_hot(CancellationToken cancellationToken)
    {
        // The clock moves only when the test moves it, so the reader waits in the middle of the file.
        var time = new FakeTimeProvider();
        using var fixture = new ScanFixture(new ScanOptions { Time = time, Threads = 1 });
        File.WriteAllBytes(fixture.At("growing"), new byte[200_000]);
        var limiter = new ReadLimiter(65_536, time);
        var scan = fixture.ScanAsync(cancellationToken, request: new ScanRequest { Limiter = limiter });
        var finished = false;
        for (var i = 0; i < 100 && !finished; i++)
        {
            var waiting = time.WhenTimersAsync(1, cancellationToken);
            finished = await Task.WhenAny(scan, waiting) == scan;
            if (!finished)
            {
                File.AppendAllText(fixture.At("growing"), "more");
                time.Advance(TimeSpan.FromSeconds(1));
            }
        }

        var result = await scan;
        Assert.That(result.Hot.Select(h => (h.Path, h.Unstable)), Is.EqualTo([(UnixPath.Of("/growing"), true)]));
        Assert.That(result.FilesRead, Is.EqualTo(2));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task A_cancelled_scan_ends_soon_and_says_so(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        using var fixture = new ScanFixture(new ScanOptions { Time = time });
        Directory.CreateDirectory(fixture.At("a", "b"));
        File.WriteAllBytes(fixture.At("a", "b", "large"), new byte[40 << 20]);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var scan = fixture.ScanAsync(stop.Token, request: new ScanRequest { Limiter = new ReadLimiter(1000, time) });
        await time.WhenTimersAsync(1, cancellationToken);
        await stop.CancelAsync();
        Assert.That(async () => await scan, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(OpenBelow(fixture.Path), Is.Empty, "descriptors left open");
    }

    private static List<string> OpenBelow(string directory)
    {
        var open = new List<string>();
        foreach (var link in Directory.EnumerateFiles("/proc/self/fd"))
        {
            // A descriptor listed here may be closed before it is looked at.
            if (File.Exists(link) || Directory.Exists(link))
            {
                open.Add(new FileInfo(link).LinkTarget ?? "");
            }
        }

        return open.FindAll(path => path.StartsWith(directory + "/", StringComparison.Ordinal));
    }
}
