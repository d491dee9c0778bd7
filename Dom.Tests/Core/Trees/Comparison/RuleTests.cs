using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Scanning;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>Rules 4 and 8 to 15, one example each; <see cref="LinkRuleTests"/> has rule 3.</summary>
public sealed class RuleTests
{
    [Test]
    public void Rule_4_path_that_was_not_scanned_since_the_filter_changed_is_unknown()
    {
        var machine = new ModelTree().Dir("/a").Put("/a/b", InodeKind.Opaque).Put("/c", InodeKind.Opaque);
        var plan = machine.Compare(new ModelTree().Dir("/a").File("/a/b"));
        Assert.That(plan.Remarked(), Is.EqualTo(["Unknown /a/b", "Unknown /c"]));
        Assert.That((plan.Steps.Length, plan.Incomplete, plan.IsCompliant), Is.EqualTo((0, true, false)));
    }

    [Test]
    public void Rule_6_what_a_file_system_cannot_hold_is_not_fought_over()
    {
        var image = new ModelTree().File("/f", mtime: 1001);
        image.Entries["/f"].Xattrs = [0x81, 0xC4, 6, .. "user.a"u8, 0xC4, 1, (byte)'1'];
        var input = new ComparisonInput { Manifest = Comparing.Manifest, Machine = new ModelTree().File("/f", mtime: 1000).ToFileTree(), Image = image.ToFileTree() };
        var all = new FileSystemAbilities
        {
            TimeStepNanoseconds = 1,
            UserAttributes = true,
            TrustedAttributes = true,
            Capabilities = true,
            SecurityAttributes = true,
            AccessControlLists = true,
            Symlinks = true,
            HardLinks = true,
            Owners = true,
            Devices = true,
            AnyNames = true,
            Exchange = true,
        };
        var coarse = all with { TimeStepNanoseconds = 2_000_000_000 };
        var plain = all with { UserAttributes = false };
        Assert.That(StepsWith(all), Is.EqualTo(1));
        Assert.That(StepsWith(coarse), Is.EqualTo(1));
        Assert.That(StepsWith(plain), Is.EqualTo(1));
        Assert.That(StepsWith(coarse with { UserAttributes = false }), Is.Zero);

        int StepsWith(FileSystemAbilities abilities) => TreeComparison.Compare(input with { Abilities = abilities }).Steps.Length;
    }

    [Test]
    public void Rule_8_equal_trees_are_compliant_and_other_ones_are_not()
    {
        var tree = new ModelTree().Dir("/a").File("/a/b");
        Assert.That(tree.Compare(tree.Copy()).IsCompliant, Is.True);
        Assert.That(tree.Compare(tree.Copy().File("/c")).IsCompliant, Is.False);
    }

    [Test]
    public void Root_directory_itself_is_compared()
    {
        var image = new ModelTree();
        image.Entries["/"].Mode = 0x1C0;
        Assert.That(new ModelTree().Compare(image).Lines(), Is.EqualTo(["ChangeMetadata /"]));
        Assert.That(new ModelTree().Applied(image).Lines(), Is.EqualTo(image.Lines()));
    }

    [Test]
    public void Rule_9_directory_with_a_filtered_descendant_is_held_and_keeps_its_metadata()
    {
        var machine = new ModelTree().Dir("/srv", 0x1C0).Dir("/srv/app").Dir("/srv/app/data").File("/srv/app/data/db").File("/srv/app/bin");
        var plan = machine.Compare(new ModelTree(), "/srv/app/data(|/.*)$");
        Assert.That(plan.Lines(), Is.EqualTo(["Delete /srv/app/bin"]));
        Assert.That(plan.Remarked(), Is.EqualTo(["Held /srv/app", "Held /srv"]));
        var after = machine.Applied(new ModelTree(), "/srv/app/data(|/.*)$");
        Assert.That(after.Compare(new ModelTree(), "/srv/app/data(|/.*)$").IsCompliant, Is.True, "held is no deviation");
        Assert.That(after.Lines(p => p.StartsWith("/srv/app/data", StringComparison.Ordinal)), Has.Count.EqualTo(2));
    }

    [Test]
    public void Rule_9_file_of_the_image_at_a_held_path_is_blocked_and_everything_else_is_applied()
    {
        var machine = new ModelTree().Dir("/d").File("/d/keep").File("/d/extra");
        var plan = machine.Compare(new ModelTree().File("/d").File("/other"), "/d/keep$");
        Assert.That(plan.Lines(), Is.EqualTo(["Create /other", "Delete /d/extra"]));
        Assert.That(plan.Remarked(), Is.EqualTo(["Blocked /d"]));
        Assert.That((plan.Blocked, plan.IsCompliant), Is.EqualTo((1, false)));
    }

    [Test]
    public void Rule_9_mount_points_hold_what_is_above_them()
    {
        var machine = new ModelTree().Dir("/mnt").Put("/mnt/disk", InodeKind.MountPoint).Put("/proc", InodeKind.MountPoint).Put("/file", InodeKind.MountPoint);
        var image = new ModelTree().Dir("/proc").File("/file");
        var plan = machine.Compare(image);
        Assert.That(plan.Lines(), Is.Empty);
        Assert.That(plan.Remarked(), Is.EqualTo(["Blocked /file", "Held /mnt/disk", "Held /mnt"]));
    }

    [Test]
    public void Rule_9_what_a_mount_hides_is_neither_made_nor_counted()
    {
        var image = new ModelTree().Dir("/proc").File("/proc/a").Dir("/proc/b").File("/proc/b/c");
        var plan = new ModelTree().Put("/proc", InodeKind.MountPoint).Compare(image);
        Assert.That(plan.Lines(), Is.Empty);
        Assert.That((plan.Held, plan.IsCompliant, plan.Counts.ImageInodes, plan.Counts.MachineInodes), Is.EqualTo((1, true, 1L, 1L)));
    }

    [Test]
    public void Rule_10_nothing_is_missing_or_extra_in_what_cannot_be_read()
    {
        var machine = new ModelTree().Dir("/old").Put("/old/secret", InodeKind.Unknown).File("/old/x").Put("/etc", InodeKind.Unknown).Put("/f", InodeKind.Unknown);
        var image = new ModelTree().Dir("/etc").File("/etc/passwd").File("/f").File("/g");
        var plan = machine.Compare(image);
        Assert.That(plan.Lines(), Is.EqualTo(["Create /g", "Delete /old/x"]));
        Assert.That(plan.Remarked(), Is.EqualTo(["Unknown /etc", "Unknown /f", "Unknown /old/secret", "Held /old"]));
        Assert.That((plan.Incomplete, plan.Remarks[0].Reason), Is.EqualTo((true, "it cannot be read: permission denied (EACCES)")));
    }

    [Test]
    public void Rule_11_sparse_image_deletes_nothing_and_removes_no_directory_for_a_file()
    {
        var machine = new ModelTree().Dir("/d").File("/d/x").File("/extra").File("/f", "x");
        var image = new ModelTree().File("/d").File("/f", "y").Dir("/new").File("/new/x");
        var plan = machine.Compare(image, sparse: true);
        Assert.That(plan.Lines(), Is.EqualTo(["MakeDirectory /new", "Create /new/x", "Replace /f"]));
        Assert.That(plan.Remarked(), Is.EqualTo(["Blocked /d"]));
    }

    [Test]
    public void Rule_12_computed_files_are_compared_without_time()
    {
        var computed = new Dictionary<string, string> { ["/etc/motd"] = "y" };
        var image = new ModelTree().Dir("/etc").Put("/etc/motd", new ModelInode { Kind = InodeKind.Computed });
        var right = new ModelTree().Dir("/etc").File("/etc/motd", "y", mtime: 5);
        Assert.That(right.Compare(image, computed: computed).IsCompliant, Is.True);
        Assert.That(Steps(new ModelTree().Dir("/etc").File("/etc/motd", "y", mode: 0x180)), Is.EqualTo("ChangeMetadata /etc/motd"));
        Assert.That(Steps(new ModelTree().Dir("/etc").File("/etc/motd", "x")), Is.EqualTo("Replace /etc/motd"));
        Assert.That(Steps(new ModelTree().Dir("/etc").Put("/etc/motd", ModelInode.Symlink("y"))), Is.EqualTo("Replace /etc/motd"));
        Assert.That(Steps(new ModelTree().Dir("/etc")), Is.EqualTo("Create /etc/motd"));
        var plan = new ModelTree().Dir("/etc").Compare(image, computed: computed);
        Assert.That(plan.NeededObjects(), Is.EqualTo([new NeededObject(ModelInode.ObjectOf("y"), 1)]));
        Assert.That(new ModelTree().Applied(image, computed: computed).Entries["/etc/motd"].Content, Is.EqualTo("y"));

        string Steps(ModelTree machine) => string.Join(';', machine.Compare(image, computed: computed).Lines());
    }

    [Test]
    public void Rule_12_without_its_content_a_computed_file_is_missing()
    {
        var image = new ModelTree().Put("/motd", new ModelInode { Kind = InodeKind.Computed });
        foreach (var machine in new[] { new ModelTree(), new ModelTree().File("/motd") })
        {
            var plan = machine.Compare(image);
            Assert.That((plan.Steps.Length, plan.MissingComputed.Single().ToString(), plan.IsCompliant), Is.EqualTo((0, "/motd", false)));
        }
    }

    [Test]
    public void Rule_12_missing_computed_files_are_listed_up_to_a_limit()
    {
        var image = new ModelTree();
        for (var i = 0; i < Plan.MaxRemarks + 100; i++)
        {
            image.Put($"/{i:D5}", new ModelInode { Kind = InodeKind.Computed });
        }

        var plan = new ModelTree().Compare(image);
        Assert.That((plan.MissingComputed.Length, plan.MissingComputed[^1].ToString(), plan.IsCompliant), Is.EqualTo((Plan.MaxRemarks, "/00999", false)));
    }

    [Test]
    public void Rule_13_plan_id_depends_on_manifest_set_and_steps()
    {
        var (machine, image) = (new ModelTree().Dir("/d").File("/d/f"), new ModelTree().Dir("/d", 0x1C0).File("/d/f", "y"));
        var id = machine.Compare(image).Id;
        Assert.That(id.IsNone, Is.False);
        Assert.That(machine.Compare(image, computed: new Dictionary<string, string> { ["/x"] = "x" }).Id, Is.Not.EqualTo(id));
        machine.Entries["/d/f"].Mtime++;
        Assert.That(machine.Compare(image).Id, Is.Not.EqualTo(id), "the old inode counts");
        Assert.That(machine.Compare(machine).Id.IsNone, Is.True);
    }

    [Test]
    public void Rule_15_order_inside_a_swap()
    {
        var machine = new ModelTree().Dir("/boot").File("/boot/k").Dir("/etc").File("/etc/c").File("/data").Dir("/usr").Dir("/usr/lib").File("/usr/lib/l.so.1")
            .Dir("/usr/bin").File("/usr/bin/b").File("/x", mode: 0x1ED).Dir("/old").Dir("/old/deep").File("/old/deep/f");
        var image = new ModelTree().Dir("/boot").File("/boot/k", "y").Dir("/etc").File("/etc/c", "y").File("/data", "y").Dir("/usr").Dir("/usr/lib").File("/usr/lib/l.so.1", "y")
            .Dir("/usr/bin").File("/usr/bin/b", "y").File("/x", "y", mode: 0x1ED).Dir("/new").File("/new/f");
        Assert.That(
            machine.Compare(image).Lines(),
            Is.EqualTo([
                "MakeDirectory /new", "Create /new/f", "Replace /usr/lib/l.so.1", "Replace /usr/bin/b", "Replace /x", "Replace /data", "Replace /etc/c", "Replace /boot/k",
                "Delete /old/deep/f", "RemoveDirectory /old/deep", "RemoveDirectory /old"]));
    }

    [Test]
    public void Kinds_change_both_ways()
    {
        var directory = new ModelTree().Dir("/x").Dir("/x/d").File("/x/d/f").File("/x-y");
        var file = new ModelTree().File("/x").File("/x-y");
        Assert.That(directory.Compare(file).Lines(), Is.EqualTo(["Delete /x/d/f", "RemoveDirectory /x/d", "Replace /x"]));
        Assert.That(file.Compare(directory).Lines(), Is.EqualTo(["Replace /x", "MakeDirectory /x/d", "Create /x/d/f"]));
        Assert.That(directory.Applied(file).Lines(), Is.EqualTo(file.Lines()));
        Assert.That(file.Applied(directory).Lines(), Is.EqualTo(directory.Lines()));
    }

    [Test]
    public void Metadata_is_changed_in_place_and_content_is_not()
    {
        var machine = new ModelTree().Dir("/d").File("/f").Put("/l", ModelInode.Symlink("a"));
        var image = new ModelTree().Dir("/d", 0x1C0).File("/f", mtime: 5).Put("/l", ModelInode.Symlink("b"));
        Assert.That(machine.Compare(image).Lines(), Is.EquivalentTo(["ChangeMetadata /d", "ChangeMetadata /f", "Replace /l"]));
    }

    [Test]
    public void Rule_26_contested_paths_are_left_for_later_and_what_lies_in_them_is_not()
    {
        var image = new ModelTree().Dir("/d").File("/d/f", "new").File("/same").File("/changed", "new").File("/missing").Dir("/only").File("/only/x");
        var machine = new ModelTree().Dir("/d", 0x1C0).File("/d/f", "old").File("/same").File("/changed", "old").File("/extra").Dir("/gone").File("/gone/y").File("/gone/z");
        var deferred = new[] { "/d", "/same", "/changed", "/missing", "/only", "/extra", "/gone/y" }.Select(UnixPath.Of).ToHashSet();
        var plan = TreeComparison.Compare(new ComparisonInput { Manifest = Comparing.Manifest, Machine = machine.ToFileTree(), Image = image.ToFileTree(), Deferred = deferred });

        Assert.That(plan.Lines(), Is.EqualTo(["Replace /d/f", "Delete /gone/z"]));
        Assert.That(
            plan.Remarked().Order(),
            Is.EqualTo(["Contested /changed", "Contested /d", "Contested /extra", "Contested /gone/y", "Contested /missing", "Contested /only", "Held /gone"]));
        Assert.That((plan.Contested, plan.IsCompliant), Is.EqualTo((6, false)));
    }

    [Test]
    public void Exclusions_and_the_private_directory_are_left_alone_on_both_sides()
    {
        var machine = new ModelTree().Dir("/.subd").File("/.subd/x").File("/a").Dir("/excluded");
        var image = new ModelTree().Dir("/.subd").File("/.subd/y").File("/a").File("/excluded");
        var plan = machine.Compare(image, exclusions: "/excluded(|/.*)$");
        Assert.That((plan.Steps.Length, plan.IsCompliant, plan.Counts.MachineInodes, plan.Counts.ImageInodes), Is.EqualTo((0, true, 1L, 1L)));
    }
}
