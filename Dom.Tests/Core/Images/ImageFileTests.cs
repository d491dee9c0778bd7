using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Editing;

namespace Dom.Tests.Core.Images;

public sealed class ImageFileTests
{
    [TestCase("/usr/lib/os-release", "/usr/lib/os-release")]
    [TestCase("/etc/os-release", "/usr/lib/os-release")]
    [TestCase("/lib/os-release", "/usr/lib/os-release")]
    [TestCase("/etc/absolute", "/usr/lib/os-release")]
    [TestCase("/../../usr/./lib//os-release", "/usr/lib/os-release")]
    [TestCase("/usr/lib/../lib/os-release", "/usr/lib/os-release")]
    [TestCase("/", "/")]
    public void Links_are_followed_within_the_image(string path, string expected) =>
        Assert.That(ImageFile.Find(Make(), UnixPath.Of(path)).Path.ToString(), Is.EqualTo(expected));

    [TestCase("/nowhere")]
    [TestCase("/usr/lib/os-release/below")]
    [TestCase("/etc/dangling")]
    public void What_is_not_there_is_nothing(string path) =>
        Assert.That(ImageFile.Find(Make(), UnixPath.Of(path)).Inode.Kind, Is.EqualTo(InodeKind.None));

    [Test]
    public void Circles_end() => Assert.That(() => ImageFile.Find(Make(), UnixPath.Of("/etc/loop")), Throws.InstanceOf<IOException>());

    private static FileTree Make()
    {
        var tree = new EditableTree();
        tree.Put(UnixPath.Of("/usr/lib/os-release"), new Inode { Kind = InodeKind.Regular, Mode = 0x1a4 });
        Link("/etc/os-release", "../usr/lib/os-release");
        Link("/lib", "usr/lib");
        Link("/etc/absolute", "/lib/os-release");
        Link("/etc/dangling", "/nowhere");
        Link("/etc/loop", "loop");
        return tree.Write(default);

        void Link(string path, string target) =>
            tree.Put(UnixPath.Of(path), new Inode { Kind = InodeKind.Symlink, Mode = 0x1ff, Target = System.Text.Encoding.UTF8.GetBytes(target) });
    }
}
