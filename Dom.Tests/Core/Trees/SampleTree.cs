using System.Text;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Tests.Core.Trees;

/// <summary>Random inodes and trees in memory.</summary>
internal static class SampleTree
{
    public static Inode RandomInode(Random random)
    {
        var kind = (InodeKind)random.Next(1, 11);
        if (kind is InodeKind.Opaque or InodeKind.MountPoint)
        {
            return new Inode { Kind = kind };
        }

        if (kind == InodeKind.Unknown)
        {
            return new Inode { Kind = kind, Errno = random.Next(1, 133) };
        }

        var hasTime = kind is not (InodeKind.Directory or InodeKind.Symlink or InodeKind.Computed);
        var size = kind == InodeKind.Regular && random.Next(4) > 0 ? (ulong)random.NextInt64(1, long.MaxValue >> random.Next(63)) : 0;
        return new Inode
        {
            Kind = kind,
            Mode = kind == InodeKind.Symlink ? 0x1ff : (uint)random.Next(0x1000),
            Uid = (uint)random.NextInt64(uint.MaxValue) >> random.Next(32),
            Gid = (uint)random.NextInt64(uint.MaxValue) >> random.Next(32),
            Xattrs = random.Next(3) == 0 ? RandomXattrs(random) : default,
            MtimeSeconds = hasTime ? random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(63) : 0,
            MtimeNanoseconds = hasTime ? (uint)random.Next(1_000_000_000) : 0,
            Size = size,
            Content = size > 0 || kind == InodeKind.Directory ? RandomId(random) : default,
            Target = kind == InodeKind.Symlink ? RandomBytes(random, random.Next(1, 4096), zeroAllowed: false) : default,
            Device = kind is InodeKind.CharacterDevice or InodeKind.BlockDevice ? (ulong)random.NextInt64() : 0,
        };
    }

    public static ReadOnlyMemory<byte> RandomXattrs(Random random)
    {
        var attributes = new Dictionary<string, byte[]>();
        for (var i = random.Next(1, 5); i > 0; i--)
        {
            attributes[$"user.{random.Next(100)}"] = RandomBytes(random, random.Next(300), zeroAllowed: true);
        }

        return ExtendedAttributes.Of(attributes.Select(static a =>
            new KeyValuePair<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>>(Encoding.ASCII.GetBytes(a.Key), a.Value))).Encoded;
    }

    public static byte[] RandomName(Random random)
    {
        while (true)
        {
            var name = RandomBytes(random, random.Next(1, random.Next(1, 256)), zeroAllowed: false);
            name.AsSpan().Replace((byte)'/', (byte)'_');
            if (TreeName.IsValid(name))
            {
                return name;
            }
        }
    }

    public static ObjectId RandomId(Random random) => new(RandomBytes(random, ObjectId.Size, zeroAllowed: false));

    /// <summary>Writes a directory of these entries, in any order.</summary>
    public static ObjectId Build(IEnumerable<(byte[] Name, Inode Inode)> entries, Action<Block> sink)
    {
        var builder = new DirectoryBuilder(sink);
        foreach (var (name, inode) in entries.OrderBy(static e => e.Name, ByteOrder.Instance))
        {
            builder.Add(name, inode);
        }

        return builder.Finish();
    }

    public static FileTree Root(MemoryBlocks blocks, ObjectId directory, LinkTable? links = null)
    {
        var inode = new Inode { Kind = InodeKind.Directory, Mode = 0x1ed, Content = directory };
        var block = TreeRootBlock.Write(new TreeRoot(TreeFormat.Version, inode, (links ?? LinkTable.Empty).Write(blocks.Add)));
        blocks.Add(block);
        return new FileTree(block.Digest, blocks);
    }

    private static byte[] RandomBytes(Random random, int length, bool zeroAllowed)
    {
        var bytes = new byte[length];
        random.NextBytes(bytes);
        if (!zeroAllowed)
        {
            bytes.AsSpan().Replace((byte)0, (byte)1);
        }

        return bytes;
    }

    internal sealed class ByteOrder : IComparer<byte[]>
    {
        public static readonly ByteOrder Instance = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
