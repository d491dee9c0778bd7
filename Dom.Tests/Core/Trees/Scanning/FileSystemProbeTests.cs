using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;

namespace Dom.Tests.Core.Trees.Scanning;

[TestFixture]
public sealed class FileSystemProbeTests
{
    [Test]
    public void The_probe_finds_what_can_be_held_and_leaves_nothing_behind()
    {
        using var fixture = new ScanFixture();
        var abilities = FileSystemProbe.Probe(fixture.Root);
        Assert.That(abilities.TimeStepNanoseconds, Is.EqualTo(1));
        Assert.That(abilities.UserAttributes && abilities.Symlinks && abilities.HardLinks && abilities.AnyNames && abilities.Exchange, Is.True);
        Assert.That(Directory.EnumerateFileSystemEntries(fixture.Path), Is.Empty);
    }

    [Test]
    public void What_root_may_do_and_a_user_may_not_is_told_apart()
    {
        using var fixture = new ScanFixture();
        File.SetUnixFileMode(fixture.Path, (UnixFileMode)0x1ff);
        if (ProcessControl.EffectiveUser == 0)
        {
            Assert.That(FileSystemProbe.Probe(fixture.Root).Missing, Is.Empty);
        }

        FileSystemAbilities abilities;
        using (new FileUser(65534))
        {
            abilities = FileSystemProbe.Probe(fixture.Root);
        }

        Assert.That(abilities.Owners, Is.False);
        Assert.That(abilities.Missing, Does.Contain("other owners"));
    }

    [TestCase(16_725_225_600)]
    [TestCase(-16_725_225_600)]
    [TestCase(15_032_385_535)]
    [TestCase(TreeFormat.MaxTimeSeconds)]
    [TestCase(-TreeFormat.MaxTimeSeconds)]
    public void It_is_known_what_becomes_of_times_far_away(long seconds)
    {
        using var fixture = new ScanFixture();
        var abilities = FileSystemProbe.Probe(fixture.Root);
        File.WriteAllText(Path.Combine(fixture.Path, "f"), "");
        var time = new FileTime(seconds, 123_456_789);

        fixture.Root.SetModificationTime("f"u8, time);

        Assert.That(fixture.Root.GetStatus("f"u8).ModificationTime, Is.EqualTo(abilities.Truncate(time)));
    }

    [Test]
    public void Times_beyond_what_can_be_held_become_its_ends()
    {
        var old = Abilities(1) with { EarliestSecond = -100, LatestSecond = 100 };
        Assert.That(old.Truncate(new FileTime(101, 5)), Is.EqualTo(new FileTime(100, 0)));
        Assert.That(old.Truncate(new FileTime(-101, 5)), Is.EqualTo(new FileTime(-100, 0)));
        Assert.That(old.Truncate(new FileTime(99, 5)), Is.EqualTo(new FileTime(99, 5)));
        Assert.That(old.Missing, Has.Some.Contains("times later than 100 s"));
    }

    [Test]
    public void Times_are_cut_to_the_steps_of_the_file_system()
    {
        var fat = Abilities(2_000_000_000);
        Assert.That(fat.Truncate(new FileTime(5, 7)), Is.EqualTo(new FileTime(4, 0)));
        Assert.That(fat.Truncate(new FileTime(-5, 7)), Is.EqualTo(new FileTime(-6, 0)));
        Assert.That(Abilities(1000).Truncate(new FileTime(5, 123_456_789)), Is.EqualTo(new FileTime(5, 123_456_000)));
        Assert.That(Abilities(1).Truncate(new FileTime(5, 123_456_789)), Is.EqualTo(new FileTime(5, 123_456_789)));
    }

    [TestCase("user.a", InodeKind.Regular, true)]
    [TestCase("user.a", InodeKind.Directory, true)]
    [TestCase("user.a", InodeKind.Symlink, false)]
    [TestCase("user.a", InodeKind.Fifo, false)]
    [TestCase("trusted.a", InodeKind.Symlink, true)]
    [TestCase("security.selinux", InodeKind.Symlink, true)]
    [TestCase("security.capability", InodeKind.Regular, true)]
    [TestCase("system.posix_acl_default", InodeKind.Directory, true)]
    [TestCase("system.nfs4_acl", InodeKind.Regular, false)]
    public void What_the_kernel_allows_of_no_file_system_is_not_held(string attribute, InodeKind kind, bool held) =>
        Assert.That(Abilities(1).Holds(kind, Encoding.ASCII.GetBytes(attribute)), Is.EqualTo(held));

    private static FileSystemAbilities Abilities(long step) => new()
    {
        TimeStepNanoseconds = step,
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
}
