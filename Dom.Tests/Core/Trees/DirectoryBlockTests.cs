using System.Buffers;
using System.Text;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees;

[TestFixture]
public sealed class DirectoryBlockTests
{
    private static readonly Inode File = new() { Kind = InodeKind.Regular, Mode = 0x1a4, Size = 3, Content = ObjectId.Of("abc"u8) };

    [Test]
    public void Entries_of_every_kind_come_back_as_they_were()
    {
        for (var seed = 0; seed < Counts.Of(200, 20_000); seed++)
        {
            var random = new Random(seed);
            var entries = new SortedDictionary<byte[], Inode>(SampleTree.ByteOrder.Instance);
            for (var i = random.Next(30); i > 0; i--)
            {
                entries[SampleTree.RandomName(random)] = SampleTree.RandomInode(random);
            }

            var blocks = new MemoryBlocks();
            var id = SampleTree.Build(entries.Select(static e => (e.Key, e.Value)), blocks.Add);
            var read = DirectoryContents.Read(blocks, id);
            Assert.That(read.Select(static e => Convert.ToHexString(e.Name.Span)), Is.EqualTo(entries.Keys.Select(Convert.ToHexString)), $"seed {seed}");
            foreach (var entry in read)
            {
                Assert.That(Describe(entry.ReadInode()), Is.EqualTo(Describe(entries[entry.Name.ToArray()])), $"seed {seed}");
            }

            Assert.That(() => Block.Verified(id, blocks.Get(id).Bytes), Throws.Nothing, $"seed {seed}");
        }
    }

    [Test]
    public void The_form_depends_on_the_entries_only([Values(4096, 4097, 20_000)] int count)
    {
        var random = new Random(count);
        var entries = Enumerable.Range(0, count).Select(i => (Name: Encoding.ASCII.GetBytes($"name-{i}"), Inode: File with { Uid = (uint)i })).ToArray();
        var blocks = new MemoryBlocks();
        var first = SampleTree.Build(entries, blocks.Add);
        random.Shuffle(entries);
        Assert.That(SampleTree.Build(entries, static _ => { }), Is.EqualTo(first));
        Assert.That(blocks.Get(first).Kind, Is.EqualTo(count > TreeFormat.MaxEntriesPerBlock ? BlockKind.FanOut : BlockKind.Directory));
        Assert.That(DirectoryContents.Read(blocks, first), Has.Length.EqualTo(count));
        Assert.That(DirectoryContents.Find(blocks, first, "name-4000"u8).ReadInode().Uid, Is.EqualTo(4000));
        Assert.That(DirectoryContents.Find(blocks, first, "name-"u8).IsNone, Is.True);
        Assert.That(DirectoryContents.Find(blocks, first, "zzz"u8).IsNone, Is.True);
        Assert.That(blocks.All.Max(static b => b.Bytes.Length), Is.LessThanOrEqualTo(TreeFormat.MaxBlockBytes));
    }

    [Test]
    public void A_million_entries_stay_in_blocks_of_a_megabyte()
    {
        var count = Counts.Of(100_000, 1_100_000);
        var blocks = new MemoryBlocks();
        var id = SampleTree.Build(Enumerable.Range(0, count).Select(static i => (Encoding.ASCII.GetBytes($"{i:x8}"), File)), blocks.Add);
        Assert.That(blocks.All.Max(static b => b.Bytes.Length), Is.LessThanOrEqualTo(TreeFormat.MaxBlockBytes));
        Assert.That(DirectoryContents.Read(blocks, id), Has.Length.EqualTo(count));
    }

    [Test]
    public void Few_large_entries_are_spread_too()
    {
        var target = new byte[4095];
        Array.Fill(target, (byte)'x');
        var link = new Inode { Kind = InodeKind.Symlink, Mode = 0x1ff, Target = target };
        var blocks = new MemoryBlocks();
        var id = SampleTree.Build(Enumerable.Range(0, 1000).Select(i => (Encoding.ASCII.GetBytes($"{i}"), link)), blocks.Add);
        Assert.That(blocks.Get(id).Kind, Is.EqualTo(BlockKind.FanOut));
        Assert.That(blocks.All.Max(static b => b.Bytes.Length), Is.LessThanOrEqualTo(TreeFormat.MaxBlockBytes));
        Assert.That(() => TreeVerifier.Verify(SampleTree.Root(blocks, id), image: true, CancellationToken.None), Throws.Nothing);
    }

    [TestCase("")]
    [TestCase(".")]
    [TestCase("..")]
    [TestCase("a/b")]
    [TestCase("a\0b")]
    public void An_impossible_name_is_refused(string name)
    {
        var bytes = Encoding.ASCII.GetBytes(name);
        Refused(Raw(entries: [(bytes, File)]), "name");
        Assert.That(() => SampleTree.Build([(bytes, File)], static _ => { }), Throws.InstanceOf<CorruptTreeException>());
    }

    [Test]
    public void A_name_of_256_bytes_is_refused() => Refused(Raw(entries: [(new byte[256], File)]), "name");

    [Test]
    public void Names_must_be_sorted_and_different()
    {
        Refused(Raw([("b"u8.ToArray(), File), ("a"u8.ToArray(), File)]), "not sorted");
        Refused(Raw([("a"u8.ToArray(), File), ("a"u8.ToArray(), File)]), "not sorted");
    }

    [Test]
    public void More_entries_than_a_leaf_may_hold_are_refused() =>
        Refused(Raw(Enumerable.Range(0, 4097).Select(static i => (Encoding.ASCII.GetBytes($"{i:d5}"), new Inode { Kind = InodeKind.Opaque }))), "at most 4096");

    [Test]
    public void Impossible_fields_are_refused()
    {
        Refused(Raw([("a"u8.ToArray(), File with { Mode = 0x1000 })]), "mode");
        Refused(Raw([("a"u8.ToArray(), File with { Uid = uint.MaxValue })]), "owner");
        Refused(Raw([("a"u8.ToArray(), File with { MtimeNanoseconds = 1_000_000_000 })]), "nanoseconds");
        Refused(Raw([("a"u8.ToArray(), File with { Size = 0 })]), "size 0");
        Refused(Raw([("a"u8.ToArray(), File with { Content = default })]), "none beside");
        Refused(Raw([("a"u8.ToArray(), File with { Size = ulong.MaxValue })]), "negative");
        Refused(Raw([("a"u8.ToArray(), new Inode { Kind = InodeKind.Directory })]), "no block");
        Refused(Raw([("a"u8.ToArray(), new Inode { Kind = InodeKind.Symlink, Mode = 0x1ff })]), "target");
        Refused(Raw([("a"u8.ToArray(), new Inode { Kind = InodeKind.Symlink, Mode = 0x1ff, Target = new byte[5] })]), "NUL");
        Refused(Raw([("a"u8.ToArray(), new Inode { Kind = InodeKind.Symlink, Mode = 0x1ed, Target = "x"u8.ToArray() })]), "0777");
        Refused(Raw([("a"u8.ToArray(), File with { Xattrs = new byte[] { 0x80 } })]), "extended attributes");
        Refused(Raw([("a"u8.ToArray(), File with { Xattrs = new byte[] { 0xc0 } })]), "extended attributes");
        Refused(Raw([("a"u8.ToArray(), File with { Xattrs = new byte[TreeFormat.MaxXattrBytes + 1] })]), "extended attributes");
    }

    [Test]
    public void Longer_forms_trailing_bytes_and_unknown_kinds_are_refused()
    {
        Refused(new byte[] { 0x92, 0x00, 0xdc, 0x00, 0x00 }, "shortest");
        Refused(new byte[] { 0x92, 0x00, 0x90, 0x00 }, "follow");
        Refused(new byte[] { 0x92, 0x07, 0x90 }, "unknown kind");
        Refused(new byte[] { 0x92, 0x00, 0x91, 0x92, 0xc4, 0x01, 0x61, 0x0b }, "does not exist");
        Refused(new byte[] { 0x92 }, "too short");
    }

    [Test]
    public void A_block_larger_than_a_megabyte_is_refused_before_it_is_hashed()
    {
        var bytes = new byte[TreeFormat.MaxBlockBytes + 1];
        Assert.That(() => Block.Verified(ObjectId.Of(bytes), bytes), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains("at most 1048576"));
    }

    [Test]
    public void Mutated_blocks_are_refused_or_canonical_and_never_fail_otherwise()
    {
        for (var seed = 0; seed < Counts.Of(3_000, 300_000); seed++)
        {
            var random = new Random(seed);
            var blocks = new MemoryBlocks();
            var names = new HashSet<string>();
            var entries = Enumerable.Range(0, random.Next(1, 6)).Select(_ => (Name: SampleTree.RandomName(random), Inode: SampleTree.RandomInode(random)));
            var id = SampleTree.Build(entries.Where(e => names.Add(Convert.ToHexString(e.Name))).ToArray(), blocks.Add);
            var bytes = blocks.Get(id).Bytes.ToArray();
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var mutated = bytes.AsMemory(0, random.Next(4) == 0 ? random.Next(bytes.Length) : bytes.Length);
            try
            {
                // Even what nobody verified must not lead outside of the block.
                DirectoryBlock.Entries(Block.Of(mutated));
                DirectoryBlock.Find(Block.Of(mutated), "m"u8);
            }
            catch (CorruptTreeException)
            {
                // Refused, as it may be.
            }

            try
            {
                // The attacker controls the digest as well: half of all mutations are made before it is computed.
                Block.Verified(random.Next(2) == 0 ? id : ObjectId.Of(mutated.Span), mutated);
            }
            catch (CorruptTreeException)
            {
                continue;
            }
            catch (Exception e)
            {
                Assert.Fail($"seed {seed}: {e}");
            }
        }
    }

    private static ReadOnlyMemory<byte> Raw(IEnumerable<(byte[] Name, Inode Inode)> entries)
    {
        var all = entries.ToArray();
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        foreach (var (name, inode) in all)
        {
            DirectoryBlock.WriteEntry(ref writer, name, inode);
        }

        writer.Flush();
        return DirectoryBlock.Seal(buffer.WrittenSpan, all.Length).Bytes;
    }

    private static void Refused(ReadOnlyMemory<byte> bytes, string because) =>
        Assert.That(() => Block.Verified(ObjectId.Of(bytes.Span), bytes), Throws.InstanceOf<CorruptTreeException>().With.Message.Contains(because));

    private static string Describe(in Inode inode) =>
        $"{inode.Kind} {inode.Mode} {inode.Uid} {inode.Gid} {inode.MtimeSeconds} {inode.MtimeNanoseconds} {inode.Size} {inode.Content} {inode.Device} "
        + $"{Convert.ToHexString(inode.Target.Span)} {Convert.ToHexString(inode.Xattrs.Span)} {inode.Errno}";
}
