using System.Text;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>Rule 15: new directories and files, libraries, executables, configuration, boot files, deletions.</summary>
public sealed class StepOrderTests
{
    [TestCase("/lib/x86_64-linux-gnu/libc.so.6", "Libraries")]
    [TestCase("/lib64", "Libraries")]
    [TestCase("/usr/lib/python3/os.py", "Libraries")]
    [TestCase("/usr/lib32/libz.so.1", "Libraries")]
    [TestCase("/usr/local/lib/libmine.a", "Libraries")]
    [TestCase("/opt/app/libapp.so", "Libraries")]
    [TestCase("/opt/app/libapp.so.3.1", "Libraries")]
    [TestCase("/usr/libexec/helper", "Executables")]
    [TestCase("/usr/bin/env", "Executables")]
    [TestCase("/sbin/init", "Executables")]
    [TestCase("/library/book", "Other")]
    [TestCase("/usr/share/doc/readme", "Other")]
    [TestCase("/etc/ld.so.conf", "Configuration")]
    [TestCase("/etc/init.d/bin/x", "Configuration")]
    [TestCase("/etcetera", "Other")]
    [TestCase("/boot/vmlinuz", "Boot")]
    [TestCase("/boot/lib/x.so", "Boot")]
    [TestCase("/bootleg", "Other")]
    public void Each_path_has_its_class(string path, string expected) =>
        Assert.That(StepOrder.Of(Encoding.UTF8.GetBytes(path), new Inode { Kind = InodeKind.Regular, Mode = 0x1a4 }).ToString(), Is.EqualTo(expected));

    [Test]
    public void A_program_is_known_by_its_mode_as_well() =>
        Assert.That(StepOrder.Of("/opt/app/run"u8, new Inode { Kind = InodeKind.Regular, Mode = 0x1ed }), Is.EqualTo(StepClass.Executables));

    [Test]
    public void The_classes_are_in_the_order_of_the_rule() =>
        Assert.That(Enum.GetNames<StepClass>(), Is.EqualTo(["New", "Libraries", "Executables", "Other", "Configuration", "Boot", "Removal"]));
}
