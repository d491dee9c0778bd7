using Dom.Cli.Output;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Tests.Cli.Output;

/// <summary>Lines of mtree(5).</summary>
public sealed class MtreeTextTests
{
    [TestCase("/", ".")]
    [TestCase("/etc/motd", "./etc/motd")]
    [TestCase("/a b#c=d*e?f[g\\h", "./a\\040b\\043c\\075d\\052e\\077f\\133g\\134h")]
    [TestCase("/ä\n", "./\\303\\244\\012")]
    public void Paths_are_encoded(string path, string expected) => Assert.That(MtreeText.Encode(UnixPath.Of(path)), Is.EqualTo(expected));

    [Test]
    public void Each_kind_has_its_keywords()
    {
        var content = ObjectId.Of("x"u8);
        Assert.That(Of(new Inode { Kind = InodeKind.Regular, Mode = 0x9ed, Uid = 1, Gid = 2, Size = 1, Content = content, MtimeSeconds = 12, MtimeNanoseconds = 34 }),
            Is.EqualTo($"./f type=file uid=1 gid=2 mode=04755 time=12.000000034 size=1 sha256digest={content}"));
        Assert.That(Of(new Inode { Kind = InodeKind.Regular }), Does.EndWith(" size=0 sha256digest=e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"));
        Assert.That(Of(new Inode { Kind = InodeKind.Regular, Size = 9, Content = TreeFormat.Unread }), Does.EndWith(" size=9"), "a content that is not known is not invented");
        Assert.That(Of(new Inode { Kind = InodeKind.Symlink, Mode = 0x1ff, Target = "a b"u8.ToArray() }), Is.EqualTo("./f type=link uid=0 gid=0 mode=0777 link=a\\040b"));
        Assert.That(Of(new Inode { Kind = InodeKind.Directory, Mode = 0x1ed }), Is.EqualTo("./f type=dir uid=0 gid=0 mode=0755"));
        Assert.That(Of(new Inode { Kind = InodeKind.BlockDevice, Device = FileStatus.MakeDevice(8, 1) }), Does.Contain("type=block").And.EndWith("device=linux,8,1"));
        Assert.That(MtreeText.Comment("a\nb type=file"), Is.EqualTo("# a b type=file"));

        static string Of(Inode inode) => MtreeText.Line(UnixPath.Of("/f"), inode);
    }
}
