using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Roles.Sub.Scanning;
using Dom.Tests.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Scanning;

/// <summary>What the kernel tells (fanotify), on the file system of the temporary directory. Needs root.</summary>
[CancelAfter(180_000)]
public sealed class NoticeTests
{
    [Test]
    public async Task Whatever_is_done_to_a_file_is_noticed_without_a_sweep(CancellationToken cancellationToken)
    {
        await using var fixture = await WatchFixture.StartAsync(cancellationToken, fill: static path => Fill(path));
        Assert.That((fixture.Watch.Notice.State, fixture.Watch.Notice.Fault), Is.EqualTo((NoticeState.Watching, "")));

        File.WriteAllText(fixture.At("/a/new"), "new");
        await HasAsync("/a/new", "new");
        File.SetUnixFileMode(fixture.At("/a/new"), (UnixFileMode)0x1ed);
        await fixture.UntilAsync(() => fixture.Find("/a/new").Mode == 0x1ed, "a mode", cancellationToken);
        await Tool.RunOkAsync("setfattr", "-n", "user.color", "-v", "red", fixture.At("/a/new"));
        await fixture.UntilAsync(() => !fixture.Find("/a/new").Xattrs.IsEmpty, "an attribute", cancellationToken);
        File.Move(fixture.At("/a/new"), fixture.At("/a/b/moved"));
        await HasAsync("/a/b/moved", "new");
        Assert.That(fixture.Find("/a/new").Kind, Is.EqualTo(InodeKind.None));
        File.Delete(fixture.At("/a/b/moved"));
        await fixture.UntilAsync(() => fixture.Find("/a/b/moved").Kind == InodeKind.None, "a removal", cancellationToken);

        await using (var open = File.Open(fixture.At("/a/b/file"), FileMode.Open, FileAccess.Write))
        {
            open.Write("through"u8);
            open.Flush();
            await HasAsync("/a/b/file", "through");
            open.Write(" and through"u8);
        }

        await HasAsync("/a/b/file", "through and through");
        File.CreateSymbolicLink(fixture.At("/a/link"), "target");
        await fixture.UntilAsync(() => fixture.Find("/a/link").Kind == InodeKind.Symlink, "a symbolic link", cancellationToken);
        File.SetUnixFileMode(fixture.Path, (UnixFileMode)0x1c0);
        await fixture.UntilAsync(() => fixture.Tree.ReadRoot().Directory.Mode == 0x1c0, "the mode of the root", cancellationToken);
        await fixture.UntilFreshAsync("everything", cancellationToken);
        Assert.That(fixture.Watch.Scans, Is.EqualTo(1), "only the first scan looked at everything");

        Task HasAsync(string path, string content) =>
            fixture.UntilAsync(() => fixture.Find(path).Content == ObjectId.Of(ScanFixture.Bytes(content)), $"{content} in {path}", cancellationToken);
    }

    [Test]
    public async Task A_directory_that_moves_comes_with_everything_in_it(CancellationToken cancellationToken)
    {
        using var outside = new TempDirectory("dom-outside-");
        await using var fixture = await WatchFixture.StartAsync(cancellationToken, fill: static path => Fill(path));
        Directory.Move(fixture.At("/a"), fixture.At("/c"));
        await fixture.UntilFreshAsync("a move within the root", cancellationToken);
        Directory.Move(fixture.At("/c/b"), outside.Combine("b"));
        await fixture.UntilFreshAsync("a move out of the root", cancellationToken);

        // Nobody tells what happens out there to whoever watches in here.
        File.WriteAllText(outside.Combine("b/file"), "changed outside");
        File.WriteAllText(outside.Combine("b/added"), "added outside");
        Directory.Move(outside.Combine("b"), fixture.At("/c/b"));
        await fixture.UntilFreshAsync("a move back", cancellationToken);
        File.WriteAllText(fixture.At("/c/b/deep/er/last"), "after all the moves");
        await fixture.UntilFreshAsync("a file in what was moved", cancellationToken);
        Assert.That((fixture.Watch.Scans, fixture.Find("/c/b/added").Size), Is.EqualTo((1, 13)));
    }

    [Test]
    public async Task All_names_of_a_file_are_looked_at_when_one_is_used(CancellationToken cancellationToken)
    {
        using var outside = new TempDirectory("dom-outside-");
        await using var fixture = await WatchFixture.StartAsync(cancellationToken, fill: static path => Fill(path));
        Link("/a/b/file", "/other");
        await fixture.UntilFreshAsync("a second name", cancellationToken);
        File.WriteAllText(fixture.At("/other"), "through the second name");
        await fixture.UntilFreshAsync("a change through the second name", cancellationToken);
        File.Delete(fixture.At("/other"));
        await fixture.UntilFreshAsync("one name less", cancellationToken);

        // A name outside the root: only the inode itself tells.
        using (var root = DirectoryHandle.Open(fixture.At("/a/b")))
        using (var target = DirectoryHandle.Open(outside.Path))
        {
            root.Link("file"u8, target, "name"u8);
        }

        await fixture.UntilAsync(
            () => fixture.Watch.Current!.Tree.TryGetFacts(UnixPath.Of("/a/b/file"), out var facts) && facts.LinkCount == 2, "a name outside", cancellationToken);
        Assert.That(fixture.Watch.Scans, Is.EqualTo(1));

        void Link(string from, string to)
        {
            using var root = DirectoryHandle.Open(fixture.Path);
            using var directory = root.OpenBelow(ScanFixture.Bytes(Path.GetDirectoryName(from)!.TrimStart('/')));
            directory.Link(ScanFixture.Bytes(Path.GetFileName(from)), root, ScanFixture.Bytes(to.TrimStart('/')));
        }
    }

    [Test]
    public async Task Events_where_nobody_looks_are_dropped(CancellationToken cancellationToken)
    {
        await using var fixture = await WatchFixture.StartAsync(cancellationToken, exclusions: ["/tmp/.*"], fill: static path =>
        {
            Fill(path);
            Directory.CreateDirectory(path + "/tmp/busy");
        });
        var (notice, dropped) = (fixture.Watch.Notice, fixture.Watch.Notice.Dropped);
        var before = fixture.Watch.Current;
        for (var i = 0; i < 20; i++)
        {
            File.WriteAllText(fixture.At($"/tmp/busy/file-{i}"), "x");
            File.WriteAllText(fixture.At($"/tmp/file-{i}"), "x");
        }

        await fixture.UntilAsync(() => notice.Dropped >= dropped + 40, "dropped events", cancellationToken);
        Assert.That(fixture.Watch.Current, Is.SameAs(before));
        File.WriteAllText(fixture.At("/a/seen"), "x");
        await fixture.UntilAsync(() => fixture.Find("/a/seen").Kind == InodeKind.Regular, "a file where somebody looks", cancellationToken);
    }

    [Test]
    public async Task A_burst_is_left_to_a_sweep_and_watching_goes_on_after_it(CancellationToken cancellationToken)
    {
        // Sweeps that are asked for keep the pause there would be without notice, so that nobody can make the machine sweep all the time.
        await using var fixture = await WatchFixture.StartAsync(
            cancellationToken, change: static o => o with { MinSweepInterval = TimeSpan.FromSeconds(8) }, fill: static path => Fill(path));
        using (var root = DirectoryHandle.Open(fixture.At("/a")))
        {
            // More than the kernel's queue holds, so it does not matter how fast they are made.
            for (var i = 0; i < 40_000; i++)
            {
                root.MakeNode(System.Text.Encoding.ASCII.GetBytes($"n{i}"), FileKind.Regular, 0x180);
            }
        }

        await fixture.UntilAsync(() => fixture.Watch.Notice.Overflows > 0, "an overflow", cancellationToken);
        await fixture.UntilAsync(() => fixture.Watch.Current!.Tree.Counts.Inodes > 40_000, "a sweep that finds all", cancellationToken);
        await fixture.UntilAsync(() => fixture.Watch.Notice.State == NoticeState.Watching, "watching again", cancellationToken);
        var scans = fixture.Watch.Scans;
        File.WriteAllText(fixture.At("/a/b/later"), "x");
        await fixture.UntilAsync(() => fixture.Find("/a/b/later").Kind == InodeKind.Regular, "a later file", cancellationToken);
        Assert.That(fixture.Watch.Scans, Is.EqualTo(scans));
    }

    [Test]
    public async Task A_file_that_changes_all_the_time_is_read_no_more_than_ten_times_a_minute(CancellationToken cancellationToken)
    {
        await using var fixture = await WatchFixture.StartAsync(cancellationToken, fill: static path => Fill(path));
        var before = fixture.Watch.BytesRead;
        for (var i = 0; fixture.Watch.Hot.Count == 0; i++)
        {
            var events = fixture.Watch.Notice.Events;
            File.WriteAllText(fixture.At("/a/b/file"), new string('x', 1000) + i);
            await fixture.UntilAsync(() => fixture.Watch.Notice.Events > events, "an event", cancellationToken);
        }

        for (var i = 0; i < 5; i++)
        {
            var events = fixture.Watch.Notice.Events;
            File.AppendAllText(fixture.At("/a/b/file"), "y");
            await fixture.UntilAsync(() => fixture.Watch.Notice.Events > events, "an event", cancellationToken);
        }

        Assert.That(fixture.Watch.Hot[0].Path, Is.EqualTo(UnixPath.Of("/a/b/file")));
        Assert.That(fixture.Watch.BytesRead - before, Is.LessThan(15 * 1100));
    }

    [Test]
    public async Task Who_writes_is_known_of_paths_that_somebody_asks_for(CancellationToken cancellationToken)
    {
        await using var fixture = await WatchFixture.StartAsync(cancellationToken, fill: static path => Fill(path));
        fixture.Writers.Track(UnixPath.Of("/a/b/file"));
        using var writer = System.Diagnostics.Process.Start("bash", ["-c", $"while sleep 0.1; do echo x >> {fixture.At("/a/b/file")}; echo x >> {fixture.At("/a/other")}; done"]);
        try
        {
            await fixture.UntilAsync(() => fixture.Writers.Of(UnixPath.Of("/a/b/file")) == "bash", "the writer", cancellationToken);
            Assert.That(fixture.Writers.Of(UnixPath.Of("/a/other")), Is.Empty);
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Test]
    [CancelAfter(600_000)]
    public async Task Whatever_happens_at_random_the_snapshot_ends_as_a_fresh_scan(CancellationToken cancellationToken)
    {
        for (var seed = 0; seed < Counts.Of(4, 60); seed++)
        {
            var random = new Random(seed);
            await using var fixture = await WatchFixture.StartAsync(cancellationToken, fill: path => new RandomDisk(path, random).Change(40));
            var disk = new RandomDisk(fixture.Path, random);
            for (var round = 0; round < 4; round++)
            {
                disk.Change(random.Next(1, 12));
                if (random.Next(4) == 0)
                {
                    // A sweep beside it must not undo what was noticed.
                    fixture.Watch.Wake();
                }

                if (random.Next(2) == 0)
                {
                    await fixture.UntilFreshAsync($"seed {seed}, round {round}", cancellationToken);
                }
            }

            await fixture.UntilFreshAsync($"seed {seed}, end", cancellationToken);
        }
    }

    [Test]
    public async Task A_file_system_in_memory_is_watched_as_well(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        using var mount = RamFileSystem.MountSmall(directory.Path, 16);
        await using var fixture = await WatchFixture.StartAsync(cancellationToken, path: directory.Path, fill: static path => Fill(path));
        Assert.That((fixture.Watch.Notice.State, fixture.Watch.Notice.Fault), Is.EqualTo((NoticeState.Watching, "")));
        File.WriteAllText(fixture.At("/a/b/file"), "changed");
        await fixture.UntilFreshAsync("a change", cancellationToken);
    }

    [Test]
    public async Task Switched_off_or_impossible_it_leaves_everything_to_sweeps(CancellationToken cancellationToken)
    {
        await using var off = await WatchFixture.StartAsync(cancellationToken, change: static o => o with { Notice = NoticeMode.Off }, fill: static path => Fill(path));
        Assert.That((off.Watch.Notice.State, off.Watch.Notice.Fault), Is.EqualTo((NoticeState.Off, "")));

        // No handles there: /proc is the file system that every machine has.
        using var proc = DirectoryHandle.Open("/proc/self/fdinfo");
        using var events = FileSystemEvents.TryCreate(out var created) == Errno.None ? created! : throw new AssertionException("fanotify needs root");
        Assert.That(events.TryWatch(proc), Is.Not.EqualTo(Errno.None));
    }

    [Test]
    public async Task Without_the_privilege_the_reason_is_said_and_sweeps_find_everything(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        Fill(directory.Path);
        foreach (var path in Directory.EnumerateDirectories(directory.Path, "*", SearchOption.AllDirectories).Append(directory.Path))
        {
            File.SetUnixFileMode(path, (UnixFileMode)0x1ed);
        }

        // The other user's threads have no CAP_DAC_READ_SEARCH.
        Task<WatchFixture> starting;
        using (new FileUser(65534))
        {
            starting = WatchFixture.StartAsync(
                cancellationToken,
                path: directory.Path,
                change: static o => o with { MinSweepInterval = TimeSpan.FromMilliseconds(50), SweepInterval = TimeSpan.FromMilliseconds(50) });
        }

        await using var fixture = await starting;
        Assert.That(fixture.Watch.Notice.State, Is.EqualTo(NoticeState.Unavailable));
        Assert.That(fixture.Watch.Notice.Fault, Does.Contain("CAP_DAC_READ_SEARCH"));
        File.WriteAllText(fixture.At("/a/b/file"), "changed");
        await fixture.UntilAsync(() => fixture.Find("/a/b/file").Content == ObjectId.Of("changed"u8), "a sweep", cancellationToken);
    }

    private static void Fill(string path)
    {
        Directory.CreateDirectory(path + "/a/b/deep/er");
        File.WriteAllText(path + "/a/b/file", "content");
        File.WriteAllText(path + "/a/b/deep/er/last", "last");
    }
}
