using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Tests.Core.Trees;

/// <summary>The bytes of format version 1, stored here: a program that writes others breaks every image there is.</summary>
[TestFixture]
public sealed class BlockFormatTests
{
    [Test]
    public void A_directory_of_every_kind_has_the_bytes_of_version_1()
    {
        var block = default(Block);
        var xattrs = ExtendedAttributes.Of([new("user.a"u8.ToArray(), "1"u8.ToArray())]).Encoded;
        var content = ObjectId.Of("abc"u8);
        var id = SampleTree.Build(
            [
                ("a"u8.ToArray(), new Inode { Kind = InodeKind.Regular, Mode = 0x1a4, Uid = 1, Gid = 300, Xattrs = xattrs, MtimeSeconds = -1, MtimeNanoseconds = 70_000, Size = 3, Content = content }),
                ("b"u8.ToArray(), new Inode { Kind = InodeKind.Regular, Mode = 0x1a4 }),
                ("c"u8.ToArray(), new Inode { Kind = InodeKind.Computed, Mode = 0x180 }),
                ("d"u8.ToArray(), new Inode { Kind = InodeKind.Directory, Mode = 0x1ed, Content = content }),
                ("e"u8.ToArray(), new Inode { Kind = InodeKind.Symlink, Mode = 0x1ff, Target = "a"u8.ToArray() }),
                ("f"u8.ToArray(), new Inode { Kind = InodeKind.CharacterDevice, Mode = 0x1b6, Device = 0x103 }),
                ("g"u8.ToArray(), new Inode { Kind = InodeKind.BlockDevice, Mode = 0x1b0, Device = 0x801 }),
                ("h"u8.ToArray(), new Inode { Kind = InodeKind.Fifo, Mode = 0x180, MtimeSeconds = 1 }),
                ("i"u8.ToArray(), new Inode { Kind = InodeKind.Opaque }),
                ("j"u8.ToArray(), new Inode { Kind = InodeKind.Unknown, Errno = 13 }),
                ("k"u8.ToArray(), new Inode { Kind = InodeKind.MountPoint }),
            ],
            b => block = b);
        const string sha = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        Assert.That(
            Convert.ToHexStringLower(block!.Bytes.Span),
            Is.EqualTo(
                "92009b"
                + "9ac4016101cd01a401cd012cc40c81c406757365722e61c40131ffce0001117003c420" + sha
                + "9ac4016201cd01a40000c400000000c400"
                + "96c4016302cd01800000c400"
                + "97c4016403cd01ed0000c400c420" + sha
                + "97c4016504cd01ff0000c400c40161"
                + "99c4016605cd01b60000c4000000cd0103"
                + "99c4016706cd01b00000c4000000cd0801"
                + "98c4016807cd01800000c4000100"
                + "92c4016908"
                + "93c4016a090d"
                + "92c4016b0a"));
        Assert.That(id, Is.EqualTo(block.Digest));
    }

    [Test]
    public void Root_links_and_fan_out_have_the_bytes_of_version_1()
    {
        var blocks = new List<Block>();
        var links = new LinkTable([new LinkGroup([UnixPath.Of("/b"), UnixPath.Of("/a"), UnixPath.Of("/c/d")])]).Write(blocks.Add);
        Assert.That(Convert.ToHexStringLower(blocks[0].Bytes.Span), Is.EqualTo("92039292c4022f62c4022f6192c4042f632f64c4022f61"));

        var inode = new Inode { Kind = InodeKind.Directory, Mode = 0x1ed, Uid = 5, Gid = 6, Content = ObjectId.Of("abc"u8) };
        var root = TreeRootBlock.Write(new TreeRoot(1, inode, links));
        Assert.That(Convert.ToHexStringLower(root.Bytes.Span), Is.EqualTo($"980201cd01ed0506c400c420{inode.Content}c420{links}"));

        var children = new ObjectId[TreeFormat.FanOut];
        children[1] = inode.Content;
        var node = FanOutBlock.Write(children);
        Assert.That(Convert.ToHexStringLower(node.Bytes.Span[..43]), Is.EqualTo($"9201dc0100c400c420{inode.Content}c400"));
        Assert.That(node.Bytes.Length, Is.EqualTo(5 + 255 * 2 + 34));
        Assert.That(FanOutBlock.ChildOf("abc"u8, 0), Is.EqualTo(0xba), "byte 0 of SHA-256(name)");
        Assert.That(FanOutBlock.ChildOf("abc"u8, 1), Is.EqualTo(0x78), "byte 1 below");
    }
}
