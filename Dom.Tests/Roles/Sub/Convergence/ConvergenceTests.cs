using System.Globalization;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;
using Dom.Tests.Core.Trees.Comparison;
using Dom.Tests.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Convergence;

/// <summary>Single cases on disk that random trees meet too seldom.</summary>
[CancelAfter(600_000)]
public sealed class ConvergenceTests
{
    [Test]
    public async Task Rule_1_directory_of_many_thousand_entries_converges(CancellationToken cancellationToken)
    {
        var count = Counts.Of(6_000, 200_000);
        await using var pair = new DiskPair();
        foreach (var root in new[] { pair.MachinePath, pair.ImagePath })
        {
            Directory.CreateDirectory(root + "/big");
            for (var i = 0; i < count; i++)
            {
                await using var file = File.Create(string.Create(CultureInfo.InvariantCulture, $"{root}/big/{i}"));
            }
        }

        // Files made within the same second differ in the parts of it, which rsync looks at only when told to.
        string[] copy = ["-a", "--no-D", "--times", "--modify-window=-1", pair.ImagePath + "/", pair.MachinePath + "/"];
        (await Tool.RunAsync("rsync", copy, timeout: TimeSpan.FromMinutes(5), cancellationToken: cancellationToken)).Expect();
        File.Delete(pair.MachinePath + "/big/7");
        await File.WriteAllTextAsync(pair.MachinePath + "/big/8", "changed", cancellationToken);
        await File.WriteAllTextAsync(pair.MachinePath + "/big/extra", "extra", cancellationToken);
        File.SetUnixFileMode(pair.MachinePath + "/big/9", UnixFileMode.UserRead);

        var plan = await pair.ConvergeAsync("big", cancellationToken);
        Assert.That(plan.Lines(), Is.EquivalentTo(["Create /big/7", "Replace /big/8", "ChangeMetadata /big/9", "Delete /big/extra"]));
        Assert.That((plan.Counts.MachineInodes, plan.Counts.ImageInodes), Is.EqualTo((count + 1L, count + 1L)));
        Assert.That(await pair.RsyncAsync(cancellationToken), Is.Empty);
    }

    [Test]
    public async Task Rule_2_names_that_are_no_text_converge(CancellationToken cancellationToken)
    {
        byte[][] names = [[0xFF], [.. "a"u8, 0xC3], [.. "new\nline"u8], [.. "back\\slash"u8], [0x01], [.. "-rf"u8]];
        await using var pair = new DiskPair();
        pair.Machine.MakeDirectory(names[0], 0x1ED);
        pair.Machine.MakeSymlink("same"u8, names[1]);
        foreach (var name in names)
        {
            pair.Image.MakeDirectory(name, 0x1ED);
            using var below = pair.Image.OpenDirectory(name);
            below.MakeSymlink(name, [.. name, .. name]);
            pair.Machine.MakeSymlink([.. name, .. "extra"u8], name);
        }

        var plan = await pair.ConvergeAsync("names", cancellationToken);
        Assert.That(plan.Steps, Has.Length.EqualTo(18), "5 directories, 6 links in them, 6 extra ones and the one in both");
        Assert.That(await pair.RsyncAsync(cancellationToken), Is.Empty);
    }

    [Test]
    public async Task Rule_3_names_in_three_directories_follow_their_file(CancellationToken cancellationToken)
    {
        foreach (var filter in new[] { "", "/a(|/.*)$" })
        {
            await using var pair = new DiskPair(Three("content 1"), Three("content 2")) { Filter = PathFilter.Parse(filter) };
            File.Delete(pair.MachinePath + "/b/f");
            await File.WriteAllTextAsync(pair.MachinePath + "/b/f", "split", cancellationToken);
            await pair.ConvergeAsync($"filter {filter}", cancellationToken);
            var filtered = filter.Length > 0;
            Assert.That(await File.ReadAllTextAsync(pair.MachinePath + "/a/f", cancellationToken), Is.EqualTo(filtered ? "content 1" : "content 2"));
            Assert.That(Inode(pair.Machine, "c/f"), Is.EqualTo(Inode(pair.Machine, "b/f")));
            Assert.That(Inode(pair.Machine, "c/f") == Inode(pair.Machine, "a/f"), Is.Not.EqualTo(filtered));
            Assert.That(await pair.RsyncAsync(cancellationToken, filtered ? ["/a"] : []), Is.Empty);
        }
    }

    [Test]
    public async Task Rule_3_nothing_leaks_through_a_link_to_a_filtered_name(CancellationToken cancellationToken)
    {
        var machine = new ModelTree().Dir("/data").File("/data/f", "content 1").Dir("/b").Link("/b/f", "/data/f");
        await using var pair = new DiskPair(machine, new ModelTree().Dir("/b").File("/b/f", "content 1", mode: 0x180)) { Filter = PathFilter.Parse("/data(|/.*)$") };
        await pair.ConvergeAsync("leak", cancellationToken);
        Assert.That(pair.Machine.GetStatus("data/f"u8).Permissions, Is.EqualTo(0x1A4u));
        Assert.That(pair.Machine.GetStatus("b/f"u8).Permissions, Is.EqualTo(0x180u));
    }

    [Test]
    public async Task Rule_4_what_a_new_filter_uncovers_is_unknown_until_it_is_scanned(CancellationToken cancellationToken)
    {
        var machine = new ModelTree().Dir("/home").Dir("/home/u").File("/home/u/f");
        await using var pair = new DiskPair(machine, new ModelTree().Dir("/home"));
        var old = await pair.ScanAsync(cancellationToken, PathFilter.Parse("/home/.*"));
        var image = await pair.ScanImageAsync(cancellationToken);
        var blind = pair.Compare(old, image);
        Assert.That((blind.Steps.Length, blind.Unknown, blind.IsCompliant), Is.EqualTo((0, 1, false)));
        await pair.ConvergeAsync("uncovered", cancellationToken);
        Assert.That(Directory.Exists(pair.MachinePath + "/home/u"), Is.False);
    }

    [Test]
    public async Task Rule_9_mounts_hold_what_is_above_them_and_are_not_looked_into(CancellationToken cancellationToken)
    {
        var machine = new ModelTree().Dir("/srv").Dir("/srv/disk").File("/srv/extra").Dir("/run");
        await using var pair = new DiskPair(machine, new ModelTree().Dir("/run"));
        var mounts = new[] { pair.MachinePath + "/srv/disk", pair.MachinePath + "/run" };
        try
        {
            foreach (var mount in mounts)
            {
                (await Tool.RunAsync("mount", ["-t", "tmpfs", "none", mount], cancellationToken: cancellationToken)).Expect();
                await File.WriteAllTextAsync(mount + "/inside", "x", cancellationToken);
            }

            var plan = await pair.ConvergeAsync("mounts", cancellationToken);
            Assert.That(plan.Lines(), Is.EqualTo(["Delete /srv/extra"]));
            Assert.That(plan.Remarked(), Is.EqualTo(["Held /srv/disk", "Held /srv"]));
            Assert.That(plan.Blocked, Is.Zero);
            Assert.That(mounts.Select(m => File.Exists(m + "/inside")), Is.All.True);
        }
        finally
        {
            foreach (var mount in mounts)
            {
                await Tool.RunAsync("umount", [mount], cancellationToken: CancellationToken.None);
            }
        }

        await pair.ConvergeAsync("unmounted", cancellationToken);
        Assert.That(Directory.Exists(pair.MachinePath + "/srv"), Is.False);
    }

    [Test]
    public async Task Rule_9_blocked_path_becomes_the_image_once_nothing_holds_it(CancellationToken cancellationToken)
    {
        var machine = new ModelTree().Dir("/d").File("/d/keep").File("/d/extra").File("/f");
        await using var pair = new DiskPair(machine, new ModelTree().File("/d", "content 1").File("/f", "content 2")) { Filter = PathFilter.Parse("/d/keep$") };
        var plan = await pair.ConvergeAsync("blocked", cancellationToken);
        Assert.That(plan.Remarked(), Is.EqualTo(["Blocked /d"]));
        Assert.That(await File.ReadAllTextAsync(pair.MachinePath + "/f", cancellationToken), Is.EqualTo("content 2"), "everything else is applied");
        Assert.That(Directory.EnumerateFileSystemEntries(pair.MachinePath + "/d").Select(Path.GetFileName), Is.EqualTo(["keep"]));
        File.Delete(pair.MachinePath + "/d/keep");
        Assert.That((await pair.ConvergeAsync("free", cancellationToken)).Lines(), Is.EqualTo(["Replace /d"]));
        Assert.That(await pair.RsyncAsync(cancellationToken), Is.Empty);
    }

    [Test]
    public async Task Rule_10_nothing_is_missing_or_extra_in_what_cannot_be_read(CancellationToken cancellationToken)
    {
        var machine = new ModelTree().Dir("/closed", 0).File("/closed/f").Dir("/extra").File("/extra/secret", mode: 0).File("/extra/open").File("/f", mode: 0);
        var image = new ModelTree().Dir("/closed").File("/closed/g").File("/f", "content 1").File("/new");
        await using var pair = new DiskPair(machine, image);
        Task<MachineTree> scan;
        using (new FileUser(65534))
        {
            scan = pair.ScanAsync(cancellationToken);
        }

        var tree = await pair.ImageTreeAsync(cancellationToken);
        var plan = pair.Compare(await scan, tree);
        Assert.That(plan.Lines(), Is.EqualTo(["Create /new", "Delete /extra/open"]));
        Assert.That(plan.Remarked(), Is.EqualTo(["Unknown /closed", "Unknown /extra/secret", "Held /extra", "Unknown /f"]));
        Assert.That(plan.Incomplete, Is.True);
        Assert.That((await pair.ApplyAsync(plan, cancellationToken)).Failures, Is.Empty);
        await pair.ConvergeAsync("readable", cancellationToken);
        Assert.That(await pair.RsyncAsync(cancellationToken), Is.Empty);
    }

    [Test]
    public async Task Rule_14_file_that_appears_in_a_directory_that_goes_holds_it(CancellationToken cancellationToken)
    {
        await using var pair = new DiskPair(new ModelTree().Dir("/old").File("/old/f"), new ModelTree().File("/new"));
        var plan = await pair.CompareAsync(cancellationToken);
        await File.WriteAllTextAsync(pair.MachinePath + "/old/precious", "x", cancellationToken);
        var outcome = await pair.ApplyAsync(plan, cancellationToken);
        Assert.That((outcome.Swapped, File.Exists(pair.MachinePath + "/old/precious"), File.Exists(pair.MachinePath + "/old/f")), Is.EqualTo((true, true, false)));
        Assert.That(outcome.LeftOut.Select(static fault => fault.Path.ToString()), Is.EqualTo(["/old"]));
    }

    [Test]
    public async Task Each_kind_of_attribute_converges_and_nothing_else_changes(CancellationToken cancellationToken)
    {
        var tree = new ModelTree().File("/f", "content 1").Dir("/d").File("/acl", "content 2").File("/cap", "content 3", mode: 0x1ED);
        await using var pair = new DiskPair(tree);
        foreach (var name in tree.Entries.Keys.Where(p => p != "/"))
        {
            await Tool.RunAsync("cp", ["-a", pair.MachinePath + name, pair.ImagePath + name], cancellationToken: cancellationToken);
        }

        await SetAsync("-n", "user.long", "-v", new string('x', 2000), "/f");
        await SetAsync("-n", "trusted.overlay", "-v", "y", "/d");
        await SetAsync("-n", "security.capability", "-v", "0x0100000200040000000000000000000000000000", "/cap");
        await SetAsync("-n", "system.posix_acl_access", "-v", "0x0200000001000600ffffffff020004000100000004000400ffffffff10000400ffffffff20000400ffffffff", "/acl");
        var plan = await pair.ConvergeAsync("attributes", cancellationToken);
        Assert.That(plan.Lines(), Is.EquivalentTo(["ChangeMetadata /f", "ChangeMetadata /d", "ChangeMetadata /cap", "ChangeMetadata /acl"]));
        Assert.That(await pair.RsyncAsync(cancellationToken), Is.Empty);
        (await Tool.RunAsync("setfattr", ["-x", "user.long", pair.MachinePath + "/f"], cancellationToken: cancellationToken)).Expect();
        Assert.That(await pair.RsyncAsync(cancellationToken), Has.Length.EqualTo(1), "rsync sees attributes, so its silence means something");

        async Task SetAsync(string option, string name, string valueOption, string value, string path) =>
            (await Tool.RunAsync("setfattr", [option, name, valueOption, value, pair.ImagePath + path], cancellationToken: cancellationToken)).Expect();
    }

    [Test]
    public async Task Empty_machine_is_filled_and_full_one_emptied(CancellationToken cancellationToken)
    {
        var tree = new RandomTrees(new Random(1)).Tree(60);
        await using var pair = new DiskPair(new ModelTree(), tree);
        var plan = await pair.ConvergeAsync("fill", cancellationToken);
        Assert.That(SafetyRule.Objection(plan.Counts, sparse: false, corrects: false), Is.Null);
        await using var back = new DiskPair(tree, new ModelTree());
        plan = await back.ConvergeAsync("empty", cancellationToken);
        Assert.That(SafetyRule.Objection(plan.Counts, sparse: false, corrects: false), Is.Not.Null);
        Assert.That(Directory.EnumerateFileSystemEntries(back.MachinePath).Select(Path.GetFileName), Is.EqualTo([".subd"]));
    }

    private static ModelTree Three(string content) =>
        new ModelTree().Dir("/a").File("/a/f", content).Dir("/b").Link("/b/f", "/a/f").Dir("/c").Link("/c/f", "/a/f");

    private static ulong Inode(DirectoryHandle root, string path) => root.GetStatus(Encoding.UTF8.GetBytes(path)).Inode;
}
