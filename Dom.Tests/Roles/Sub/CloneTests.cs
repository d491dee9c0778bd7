using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;
using Dom.Core.Trees.Writing;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Where the file system can (btrfs), copies share the blocks of their original, and are verified all the same.</summary>
[CancelAfter(120_000)]
public sealed class CloneTests
{
    private const int LargeBytes = 24 << 20;

    [Test]
    public async Task Contents_the_machine_has_elsewhere_are_neither_fetched_nor_written_again(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory("dom-clone-");
        var root = directory.CreateDirectory("root");
        using var disk = await DiskImage.MountAsync(directory.Combine("image"), root, 256, "mkfs.btrfs", "-q");
        var content = new string('b', LargeBytes);
        Directory.CreateDirectory(root + "/old");
        await File.WriteAllTextAsync(root + "/old/large", content, cancellationToken);
        File.SetLastWriteTimeUtc(root + "/old/large", DateTime.UnixEpoch.AddDays(1));

        await using var rig = await SubRig.StartAsync(cancellationToken, root: root);
        Assert.That(rig.Sub.Parts.Directory.Abilities.Clones, Is.True);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("source", ("/old/large", content), ("/new/large", content)));
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Shelf.Asked, Is.Empty, "objects that were fetched");
        Assert.That(new FileInfo(root + "/new/large").Length, Is.EqualTo(LargeBytes));
        foreach (var file in new[] { "/old/large", "/new/large" })
        {
            var extents = (await Tool.RunOkAsync("filefrag", "-v", root + file)).Output;
            Assert.That(extents.Split('\n').Where(static line => line.Contains("eof")), Has.All.Contains("shared").And.Not.Empty, file);
        }
    }

    [Test]
    public async Task A_copy_that_shares_blocks_is_verified(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory("dom-clone-");
        var place = directory.CreateDirectory("root");
        using var disk = await DiskImage.MountAsync(directory.Combine("image"), place, 128, "mkfs.btrfs", "-q");
        using var root = DirectoryHandle.Open(place);
        var right = Encoding.ASCII.GetBytes(new string('r', 100_000));
        await File.WriteAllTextAsync(place + "/changed", new string('w', 100_000), cancellationToken);
        await File.WriteAllBytesAsync(place + "/right", right, cancellationToken);
        var id = ObjectId.Of(right);

        await using (var store = FileObjectStore.Open(place + "/objects", default))
        {
            Assert.That(await CloneAsync(store, "changed"), Is.False);
            Assert.That((store.GetSize(id), store.GetPartialSize(id)), Is.EqualTo((-1L, 0L)));
            Assert.That(await CloneAsync(store, "right"), Is.True);
            await store.SyncAsync(cancellationToken);
            Assert.That(await store.ReadVerifiedAsync(id, right.Length, cancellationToken), Is.EqualTo(right));
        }

        using var probe = root.OpenOrMakeDirectory("probe"u8, 0x1c0);
        var writer = new InodeWriter { Abilities = FileSystemProbe.Probe(probe) };
        var inode = new Inode { Kind = InodeKind.Regular, Mode = 0x180, Size = (ulong)right.Length, Content = id };
        using var changed = root.OpenFile("changed"u8);
        Assert.That(() => writer.WriteFile(root, "copy"u8, inode, id, right.Length, changed), Throws.InstanceOf<CorruptContentException>());
        Assert.That(File.Exists(place + "/copy"), Is.False);

        async Task<bool> CloneAsync(FileObjectStore store, string name)
        {
            using var file = root.OpenFile(Encoding.ASCII.GetBytes(name));
            return await store.TryCloneAsync(id, right.Length, file, cancellationToken);
        }
    }

    [Test]
    public void Where_it_cannot_be_done_the_file_stays_empty_for_a_copy()
    {
        using var directory = new TempDirectory("dom-clone-");
        using var ram = RamFileSystem.MountSmall(directory.CreateDirectory("ram"), 4);
        directory.WriteFile("here", "some content");
        directory.WriteFile("ram/there", "some content");
        using var here = DirectoryHandle.Open(directory.Path);
        using var there = DirectoryHandle.Open(directory.Combine("ram"));
        foreach (var (from, name, to) in new[] { (there, "there", there), (there, "there", here), (here, "here", there) })
        {
            using var original = from.OpenFile(Encoding.ASCII.GetBytes(name));
            using var copy = to.CreateFile("copy"u8, 0x180);
            Assert.That(copy.TryCloneFrom(original), Is.False);
            Assert.That(copy.GetStatus().Size, Is.Zero);
            to.Unlink("copy"u8);
        }
    }
}
