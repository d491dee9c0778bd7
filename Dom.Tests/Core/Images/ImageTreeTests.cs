using System.Text;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Tests.Core.Trees;

namespace Dom.Tests.Core.Images;

public sealed class ImageTreeTests
{
    private static readonly Inode File = new() { Kind = InodeKind.Regular, Mode = 0x1a4, Size = 3, Content = ObjectId.Of("abc"u8) };

    [Test]
    public void What_is_the_subs_own_is_left_out_and_listed()
    {
        var blocks = new MemoryBlocks();
        var own = Build(blocks, ("journal", File), ("other", File));
        var root = Build(blocks, (".subd", Directory(own)), (".subdivision", File), ("etc", Directory(Build(blocks, (".subd", File)))));
        var links = new LinkTable([
            new LinkGroup([UnixPath.Of("/.subd/journal"), UnixPath.Of("/.subd/other")]),
            new LinkGroup([UnixPath.Of("/.subdivision"), UnixPath.Of("/etc/.subd")])]);

        var image = ImageTree.Of(SampleTree.Root(blocks, root, links), owner: null, CancellationToken.None);

        Assert.That(image.LeftOut.Select(static l => l.Path.ToString()), Is.EqualTo(["/.subd"]));
        Assert.That(() => TreeVerifier.Verify(image.Tree, image: true, CancellationToken.None), Throws.Nothing);
        Assert.That(image.Tree.Find(UnixPath.Of("/etc/.subd")).Kind, Is.EqualTo(InodeKind.Regular));
    }

    private static Inode Directory(ObjectId content) => new() { Kind = InodeKind.Directory, Mode = 0x1ed, Content = content };

    private static ObjectId Build(MemoryBlocks blocks, params (string Name, Inode Inode)[] entries) =>
        SampleTree.Build(entries.Select(static e => (Encoding.ASCII.GetBytes(e.Name), e.Inode)), blocks.Add);
}
