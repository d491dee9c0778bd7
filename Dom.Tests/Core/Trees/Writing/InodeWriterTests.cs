using System.Buffers;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees;
using Dom.Core.Trees.Writing;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Writing;

public sealed class InodeWriterTests
{
    private static readonly byte[] Content = Encoding.UTF8.GetBytes("some bytes of a program\n");

    private readonly InodeWriter _writer = new();

    private static uint Me => ProcessControl.EffectiveUser;

    private static uint MyGroup => ProcessControl.EffectiveGroup;

    [Test]
    public void A_regular_file_has_content_mode_owner_attributes_and_time()
    {
        using var temp = new TempDirectory();
        using var directory = DirectoryHandle.Open(temp.Path);
        var inode = Regular(Content, 0xdb5) with { Xattrs = Attributes(("user.origin", "image")) };

        _writer.Write(directory, "tool"u8, inode, new MemoryStream(Content));

        var status = directory.GetStatus("tool"u8);
        Span<byte> value = stackalloc byte[64];
        Assert.That(directory.TryGetAttribute("tool"u8, "user.origin"u8, value, out var length), Is.EqualTo(Errno.None));
        Assert.Multiple(() =>
        {
            Assert.That(status.Permissions, Is.EqualTo(0xdb5), "set-id bits survive the change of owner");
            Assert.That(status.ModificationTime, Is.EqualTo(new FileTime(1_000_000_000, 123_456_789)));
            Assert.That(File.ReadAllBytes(temp.Combine("tool")), Is.EqualTo(Content));
        });
        Assert.That(Encoding.UTF8.GetString(value[..length]), Is.EqualTo("image"));
    }

    [Test]
    public void Wrong_bytes_make_no_file([Values("short", "long", "different")] string fault)
    {
        using var temp = new TempDirectory();
        using var directory = DirectoryHandle.Open(temp.Path);
        byte[] bytes = fault switch
        {
            "short" => Content[..^1],
            "long" => [.. Content, 0],
            _ => [.. Content[..^1], 0],
        };

        Assert.That(
            () => _writer.Write(directory, "tool"u8, Regular(Content, 0x1ed), new MemoryStream(bytes)),
            Throws.TypeOf<CorruptContentException>().With.Message.Contains(ObjectId.Of(Content).ToString()));
        Assert.That(Directory.GetFileSystemEntries(temp.Path), Is.Empty);
    }

    [Test]
    public void Symlinks_fifos_directories_and_empty_files_are_made()
    {
        using var temp = new TempDirectory();
        using var directory = DirectoryHandle.Open(temp.Path);

        _writer.Write(directory, "link"u8, Inode(InodeKind.Symlink, 0x1ff) with { Target = "nowhere \xff"u8.ToArray() });
        _writer.Write(directory, "pipe"u8, Inode(InodeKind.Fifo, 0x1b6));
        _writer.Write(directory, "empty"u8, Inode(InodeKind.Regular, 0));
        _writer.Write(directory, "dir"u8, Inode(InodeKind.Directory, 0x3ff));

        Assert.Multiple(() =>
        {
            Assert.That(directory.ReadLink("link"u8), Is.EqualTo("nowhere \xff"u8.ToArray()));
            Assert.That(directory.GetStatus("pipe"u8), Has.Property("Kind").EqualTo(FileKind.Fifo).And.Property("Permissions").EqualTo(0x1b6));
            Assert.That(directory.GetStatus("empty"u8), Has.Property("Size").EqualTo(0).And.Property("Permissions").EqualTo(0));
            Assert.That(directory.GetStatus("dir"u8), Has.Property("Kind").EqualTo(FileKind.Directory).And.Property("Permissions").EqualTo(0x3ff));
        });
    }

    [Test]
    public void Devices_owners_and_capabilities_are_made_by_root()
    {
        if (Me != 0)
        {
            Assert.That(
                () => WriteOwned(),
                Throws.TypeOf<LinuxException>().With.Property("Error").EqualTo(Errno.EPERM),
                "an ordinary user is told what failed");
            return;
        }

        WriteOwned();
    }

    [Test]
    public void Attributes_that_the_tree_does_not_record_are_removed()
    {
        using var temp = new TempDirectory();
        using var directory = DirectoryHandle.Open(temp.Path);
        _writer.Write(directory, "file"u8, Regular(Content, 0x1a4) with { Xattrs = Attributes(("user.a", "1"), ("user.b", "2")) }, new MemoryStream(Content));

        InodeMetadata.Set(directory, "file"u8, Regular(Content, 0x1a4) with { Xattrs = Attributes(("user.b", "3")) });

        var value = new byte[8];
        Assert.Multiple(() =>
        {
            Assert.That(directory.TryGetAttribute("file"u8, "user.a"u8, value, out _), Is.EqualTo(Errno.ENODATA));
            Assert.That(directory.TryGetAttribute("file"u8, "user.b"u8, value, out _), Is.EqualTo(Errno.None));
            Assert.That(value[0], Is.EqualTo((byte)'3'));
        });
    }

    [Test]
    public void An_existing_name_is_not_touched()
    {
        using var temp = new TempDirectory();
        temp.WriteFile("file", "old");
        using var directory = DirectoryHandle.Open(temp.Path);

        Assert.That(
            () => _writer.Write(directory, "file"u8, Regular(Content, 0x1a4), new MemoryStream(Content)),
            Throws.TypeOf<LinuxException>().With.Property("Error").EqualTo(Errno.EEXIST));
        Assert.That(File.ReadAllText(temp.Combine("file")), Is.EqualTo("old"));
    }

    private void WriteOwned()
    {
        using var temp = new TempDirectory();
        using var directory = DirectoryHandle.Open(temp.Path);
        // cap_net_raw+ep, as setcap writes it.
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        var ping = Regular(Content, 0x1ed) with { Uid = 12, Gid = 34, Xattrs = Attributes(("security.capability", capability)) };

        _writer.Write(directory, "ping"u8, ping, new MemoryStream(Content));
        _writer.Write(directory, "null"u8, Inode(InodeKind.CharacterDevice, 0x1b6) with { Device = FileStatus.MakeDevice(1, 3) });

        var value = new byte[64];
        Assert.That(directory.TryGetAttribute("ping"u8, "security.capability"u8, value, out var length), Is.EqualTo(Errno.None));
        Assert.That(value[..length], Is.EqualTo(capability));
        Assert.That(directory.GetStatus("ping"u8), Has.Property("Owner").EqualTo(12).And.Property("Group").EqualTo(34));
        Assert.That(directory.GetStatus("null"u8), Has.Property("SpecialDevice").EqualTo(0x103).And.Property("Permissions").EqualTo(0x1b6));
    }

    private static Inode Regular(byte[] content, uint mode) =>
        Inode(InodeKind.Regular, mode) with { Size = (ulong)content.Length, Content = ObjectId.Of(content) };

    private static Inode Inode(InodeKind kind, uint mode) => new()
    {
        Kind = kind,
        Mode = mode,
        Uid = Me,
        Gid = MyGroup,
        MtimeSeconds = 1_000_000_000,
        MtimeNanoseconds = 123_456_789,
    };

    private static byte[] Attributes(params (string Name, string Value)[] attributes) =>
        Attributes([.. attributes.Select(a => (a.Name, Encoding.UTF8.GetBytes(a.Value)))]);

    private static byte[] Attributes(params (string Name, byte[] Value)[] attributes)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteMapHeader(attributes.Length);
        foreach (var (name, value) in attributes)
        {
            writer.WriteBinary(Encoding.UTF8.GetBytes(name));
            writer.WriteBinary(value);
        }

        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
