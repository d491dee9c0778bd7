using System.Security.Cryptography;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Scanning;

[TestFixture]
public sealed class TreeScannerTests
{
    private static readonly bool IsRoot = ProcessControl.EffectiveUser == 0;

    [Test]
    [CancelAfter(30_000)]
    public async Task Every_kind_of_file_is_recorded_with_its_metadata(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        var path = fixture.Write("etc/hosts", "127.0.0.1 localhost\n");
        fixture.Root.MakeSymlink("link"u8, "etc/hosts"u8);
        fixture.Root.MakeNode("fifo"u8, FileKind.Fifo, 0x1b6);
        fixture.Write("empty", "");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.SetUser);
        using (var etc = fixture.Root.OpenDirectory("etc"u8))
        {
            etc.SetModificationTime("hosts"u8, new FileTime(-3, 999_999_999));
            etc.SetAttribute("hosts"u8, "user.b"u8, "2"u8);
            etc.SetAttribute("hosts"u8, "user.a"u8, default);
        }

        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(fixture.At("socket")));

        var tree = (await fixture.ScanAsync(cancellationToken)).Tree;
        var hosts = tree.Tree.Find(UnixPath.Of("/etc/hosts"));
        Assert.Multiple(() =>
        {
            Assert.That(hosts.Kind, Is.EqualTo(InodeKind.Regular));
            Assert.That(hosts.Mode, Is.EqualTo(0x900));
            Assert.That(hosts.Uid, Is.EqualTo(ProcessControl.EffectiveUser));
            Assert.That((hosts.MtimeSeconds, hosts.MtimeNanoseconds), Is.EqualTo((-3L, 999_999_999u)));
            Assert.That(hosts.Content, Is.EqualTo(ObjectId.Of("127.0.0.1 localhost\n"u8)));
            var names = new ExtendedAttributes(hosts.Xattrs).Read().Select(x => Encoding.ASCII.GetString(x.Key.Span));
            Assert.That(names.Where(n => n.StartsWith("user.", StringComparison.Ordinal)), Is.EqualTo(["user.a", "user.b"]));
            Assert.That(tree.Tree.Find(UnixPath.Of("/link")).Target.ToArray(), Is.EqualTo("etc/hosts"u8.ToArray()));
            Assert.That(tree.Tree.Find(UnixPath.Of("/fifo")).Kind, Is.EqualTo(InodeKind.Fifo));
            Assert.That(tree.Tree.Find(UnixPath.Of("/empty")).Content.IsNone, Is.True);
            Assert.That(tree.Tree.Find(UnixPath.Of("/socket")).Kind, Is.EqualTo(InodeKind.None));
            Assert.That(tree.Counts.Inodes, Is.EqualTo(5));
            Assert.That(tree.TryGetFacts(UnixPath.Of("/etc/hosts"), out var facts), Is.True);
            Assert.That(facts.Inode, Is.EqualTo(fixture.Root.OpenBelow("etc"u8).GetStatus("hosts"u8).Inode));
        });
        TreeVerifier.Verify(tree.Tree, image: true, cancellationToken);
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task What_only_root_can_make_is_recorded(CancellationToken cancellationToken)
    {
        Assume.That(IsRoot, "device files and trusted attributes need root");
        using var fixture = new ScanFixture();
        fixture.Root.MakeNode("null"u8, FileKind.CharacterDevice, 0x1b6, FileStatus.MakeDevice(1, 3));
        fixture.Root.MakeNode("disk"u8, FileKind.BlockDevice, 0x180, FileStatus.MakeDevice(259, 1_000_000));
        fixture.Write("ping", "x");
        fixture.Root.SetOwner("ping"u8, 4_000_000_000, 12);
        fixture.Root.SetAttribute("ping"u8, "trusted.dom"u8, "t"u8);
        (await Tool.RunOkAsync("setcap", "cap_net_raw+ep", fixture.At("ping"))).Expect();
        fixture.Root.MakeSymlink("link"u8, "x"u8);
        fixture.Root.SetAttribute("link"u8, "trusted.link"u8, "l"u8);
        var tree = (await fixture.ScanAsync(cancellationToken)).Tree.Tree;
        var ping = tree.Find(UnixPath.Of("/ping"));
        var attributes = new ExtendedAttributes(ping.Xattrs).Read().Select(x => Encoding.ASCII.GetString(x.Key.Span));
        Assert.Multiple(() =>
        {
            Assert.That(tree.Find(UnixPath.Of("/null")).Device, Is.EqualTo(0x103));
            Assert.That(tree.Find(UnixPath.Of("/disk")).Device, Is.EqualTo(FileStatus.MakeDevice(259, 1_000_000)));
            Assert.That((ping.Uid, ping.Gid), Is.EqualTo((4_000_000_000u, 12u)));
            Assert.That(attributes, Is.SupersetOf(["security.capability", "trusted.dom"]));
            Assert.That(new ExtendedAttributes(tree.Find(UnixPath.Of("/link")).Xattrs).Read(), Has.Count.EqualTo(1));
        });
        TreeVerifier.Verify(tree, image: true, cancellationToken);
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Names_that_are_no_text_are_recorded_as_they_are(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        byte[] name = [0xff, 0xfe, (byte)'\n', (byte)' ', 0x80];
        fixture.Root.MakeDirectory(name, 0x1c0);
        using (var below = fixture.Root.OpenDirectory(name))
        {
            below.MakeNode(name, FileKind.Regular, 0x180);
        }

        var tree = (await fixture.ScanAsync(cancellationToken)).Tree.Tree;
        Assert.That(tree.Find(UnixPath.Root.Join(name).Join(name)).Kind, Is.EqualTo(InodeKind.Regular));
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Contents_of_any_size_have_their_digest_with_and_without_read_ahead([Values(1, 4)] int threads, CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(new ScanOptions { Threads = threads });
        var random = new Random(7);
        var expected = new Dictionary<string, ObjectId>();
        foreach (var size in new[] { 1, 65_535, 65_536, 65_537, 300_000, (16 << 20) - 1, 17 << 20 })
        {
            var content = new byte[size];
            random.NextBytes(content);
            File.WriteAllBytes(fixture.At($"f{size}"), content);
            expected[$"/f{size}"] = new ObjectId(SHA256.HashData(content));
        }

        var result = await fixture.ScanAsync(cancellationToken);
        foreach (var (path, content) in expected)
        {
            Assert.That(result.Tree.Tree.Find(UnixPath.Of(path)).Content, Is.EqualTo(content), path);
        }

        Assert.That(result.FilesRead, Is.EqualTo(expected.Count));
        Assert.That(result.BytesRead, Is.EqualTo(result.Tree.Counts.Bytes));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Hard_links_are_read_once_and_stand_in_the_link_table(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        fixture.Write("a/one", "shared");
        Directory.CreateDirectory(fixture.At("b"));
        using (var a = fixture.Root.OpenDirectory("a"u8))
        using (var b = fixture.Root.OpenDirectory("b"u8))
        {
            a.Link("one"u8, b, "two"u8);
            a.Link("one"u8, fixture.Root, "three"u8);
        }

        fixture.Write("single", "alone");
        fixture.Root.MakeSymlink("s1"u8, "x"u8);
        fixture.Root.Link("s1"u8, fixture.Root, "s2"u8);
        var result = await fixture.ScanAsync(cancellationToken);
        var groups = result.Tree.Tree.ReadLinks().Groups.Select(g => string.Join(' ', g.Paths));
        Assert.That(groups, Is.EqualTo(["/a/one /b/two /three", "/s1 /s2"]));
        Assert.That(result.FilesRead, Is.EqualTo(2));
        TreeVerifier.Verify(result.Tree.Tree, image: true, cancellationToken);

        File.Delete(fixture.At("b", "two"));
        File.Delete(fixture.At("s2"));
        var rescan = await fixture.RescanAsync(result.Tree, cancellationToken, "/b/two", "/s2");
        groups = rescan.Tree.Tree.ReadLinks().Groups.Select(g => string.Join(' ', g.Paths));
        Assert.That(groups, Is.EqualTo(["/a/one /three"]));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task An_unchanged_root_gives_the_same_snapshot_without_reading_a_file(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(new ScanOptions { TimeGranularity = TimeSpan.Zero });
        for (var i = 0; i < 50; i++)
        {
            fixture.Write($"d{i % 5}/e{i % 3}/f{i}", $"content {i}");
        }

        var first = await fixture.ScanAsync(cancellationToken);
        var second = await fixture.ScanAsync(cancellationToken, first.Tree);
        Assert.That(second.FilesRead, Is.Zero);
        Assert.That(second.Tree, Is.SameAs(first.Tree));
        var third = await fixture.ScanAsync(cancellationToken, first.Tree, new ScanRequest { Mode = ScanMode.Scrub });
        Assert.That(third.FilesRead, Is.EqualTo(50));
        Assert.That(third.Tree, Is.SameAs(first.Tree));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_file_changed_in_the_instant_before_it_was_read_is_read_again(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture(new ScanOptions { TimeGranularity = TimeSpan.FromHours(1) });
        fixture.Write("f", "x");
        var first = await fixture.ScanAsync(cancellationToken);
        Assert.That(first.Tree.TryGetFacts(UnixPath.Of("/f"), out var facts) && facts.IsRacy, Is.True);
        var second = await fixture.ScanAsync(cancellationToken, first.Tree);
        Assert.That(second.FilesRead, Is.EqualTo(1));
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task A_scrub_finds_content_that_changed_without_a_trace(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        fixture.Write("f", "good");
        var good = await fixture.ScanAsync(cancellationToken);

        // What a decaying disk does: same inode, size and times, other content. Facts of the good file are put beside it.
        fixture.Write("f", "evil");
        var scanner = new TreeScanner(fixture.Root, new ScanOptions { TimeGranularity = TimeSpan.Zero });
        var evil = await scanner.ScanAsync(new ScanRequest(), null, cancellationToken);
        var forged = Forge(good.Tree, evil.Tree);
        var sweep = await scanner.ScanAsync(new ScanRequest(), forged, cancellationToken);
        var told = new List<UnixPath>();
        var scrub = await scanner.ScanAsync(new ScanRequest { Mode = ScanMode.Scrub, SilentChange = told.Add }, forged, cancellationToken);
        Assert.That(sweep.FilesRead, Is.Zero);
        Assert.That(told, Is.EqualTo(scrub.ChangedSilently));
        Assert.That(scrub.ChangedSilently, Is.EqualTo([UnixPath.Of("/f")]));
        Assert.That(scrub.Tree.Tree.Find(UnixPath.Of("/f")).Content, Is.EqualTo(ObjectId.Of("evil"u8)));
        var rescan = await scanner.RescanAsync(new ScanRequest(), forged, told, cancellationToken);
        Assert.That(rescan.Tree.Tree.Root, Is.EqualTo(scrub.Tree.Tree.Root), "a rescan of what was told sees it too");
        rescan = await scanner.RescanAsync(new ScanRequest(), forged, [UnixPath.Root, .. told], cancellationToken);
        Assert.That(rescan.Tree.Tree.Root, Is.EqualTo(scrub.Tree.Tree.Root), "also when it is asked for beside a directory above");
    }

    [Test]
    [CancelAfter(30_000)]
    public async Task Exclusions_and_filters_make_opaque_entries_that_are_not_gone_into(CancellationToken cancellationToken)
    {
        using var fixture = new ScanFixture();
        fixture.Write("var/log/messages", "a");
        fixture.Write("var/lib/state", "b");
        fixture.Write("home/user/file", "c");
        fixture.Write("home/keep", "d");
        fixture.Write(".subd/own", "e");
        fixture.Write("etc/.subd", "not private here");
        var scope = new ScanScope(PathFilter.FromLines(["/var/log"]), [PathFilter.FromLines(["/home/.*", "/var/lib/.*"]), PathFilter.FromLines(["/home"])]);
        var result = await fixture.ScanAsync(cancellationToken, request: new ScanRequest { Scope = scope });
        var kinds = ScanFixture.List(result.Tree.Tree).Select(l => string.Join(' ', l.Split(' ').Take(2)));
        Assert.That(
            kinds,
            Is.EqualTo(["/ Directory", "/etc Directory", "/etc/.subd Regular", "/home Directory", "/home/keep Opaque", "/home/user Opaque",
                "/var Directory", "/var/lib Directory", "/var/lib/state Regular", "/var/log Opaque"]));

        var wider = await fixture.ScanAsync(cancellationToken, result.Tree);
        Assert.That(wider.Tree.Tree.Find(UnixPath.Of("/home/user/file")).Content, Is.EqualTo(ObjectId.Of("c"u8)));
        Assert.That(wider.Tree.Tree.Find(UnixPath.Of("/.subd")).Kind, Is.EqualTo(InodeKind.None));
        var again = await fixture.ScanAsync(cancellationToken, wider.Tree, new ScanRequest { Scope = scope });
        Assert.That(again.Tree.Tree.Root, Is.EqualTo(result.Tree.Tree.Root));
    }

    [Test]
    public void A_path_is_out_of_reach_when_every_image_filters_it_or_a_directory_above()
    {
        var scope = new ScanScope(imageFilters: [PathFilter.FromLines(["/a"]), PathFilter.FromLines(["/a/b"]), PathFilter.FromLines([".*/b"])]);
        uint covered = 0;
        Assert.That(scope.IsOutOfReach("/a"u8, ref covered), Is.False);
        Assert.That(covered, Is.EqualTo(1));
        var below = covered;
        Assert.That(scope.IsOutOfReach("/a/c"u8, ref below), Is.False);
        Assert.That(scope.IsOutOfReach("/a/b"u8, ref covered), Is.True);
        covered = 0;
        Assert.That(new ScanScope(PathFilter.FromLines(["/x"])).IsOutOfReach("/x"u8, ref covered), Is.True);
        Assert.That(ScanScope.Everything.IsOutOfReach("/x"u8, ref covered), Is.False);
    }

    [Test]
    [CancelAfter(60_000)]
    public async Task Mount_points_are_marked_and_not_gone_into(CancellationToken cancellationToken)
    {
        using var root = DirectoryHandle.Open("/"u8);
        var scope = new ScanScope(PathFilter.FromLines(["!", "/(dev|dev/shm|proc|sys)"]));
        var result = await new TreeScanner(root, new ScanOptions()).ScanAsync(new ScanRequest { Scope = scope }, null, cancellationToken);
        Assert.That(result.Tree.Tree.Find(UnixPath.Of("/proc")).Kind, Is.EqualTo(InodeKind.MountPoint));
        Assert.That(result.Tree.Tree.Find(UnixPath.Of("/usr")).Kind, Is.EqualTo(InodeKind.Opaque));

        if (root.TryOpenView(out var view) == Errno.None)
        {
            using (view)
            {
                result = await new TreeScanner(view!, new ScanOptions()).ScanAsync(new ScanRequest { Scope = scope }, null, cancellationToken);
            }

            Assert.That(result.Tree.Tree.Find(UnixPath.Of("/proc")).Kind, Is.EqualTo(InodeKind.Directory), "what lies under the mount");
        }
        else
        {
            Assert.That(IsRoot, Is.False, "root may open a view where the kernel has open_tree");
        }
    }

    private static MachineTree Forge(MachineTree content, MachineTree facts)
    {
        var list = new EntryList();
        var good = content.Directory.Entries()[0];
        var evil = facts.Directory.Entries()[0];
        var status = evil.ReadInode();
        list.Add(good.Name, good.ReadInode() with { MtimeSeconds = status.MtimeSeconds, MtimeNanoseconds = status.MtimeNanoseconds }, evil.Facts);
        var table = new BlockTable();
        var directory = new MachineDirectory(MachinePart.Build(list, null, table));
        return MachineTree.Create(directory, facts.Tree.ReadRoot().Directory with { Content = directory.Digest }, facts.Facts, table, null);
    }
}
