using System.Buffers;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees;

/// <summary>Reads and writes the root of a tree: <c>[2, version, mode, uid, gid, xattrs, directory, links]</c>.</summary>
public static class TreeRootBlock
{
    private const int Fields = 8;

    /// <summary>Makes the block.</summary>
    public static Block Write(TreeRoot root)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Fields);
        writer.Write((uint)BlockKind.TreeRoot);
        writer.Write(root.Version);
        writer.Write(root.Directory.Mode);
        writer.Write(root.Directory.Uid);
        writer.Write(root.Directory.Gid);
        writer.WriteBinary(root.Directory.Xattrs.Span);
        writer.Write(root.Directory.Content);
        writer.Write(root.Links);
        writer.Flush();
        return Block.Of(buffer.WrittenMemory.ToArray());
    }

    /// <summary>Reads the block; a version this program does not know is refused.</summary>
    public static TreeRoot Read(Block block) => block.Decode(static bytes =>
    {
        var reader = new MessagePackReader(bytes, MessagePackLimits.CanonicalForm);
        var fields = reader.ReadArrayHeader();
        if (fields < 2 || reader.ReadUInt32() != (uint)BlockKind.TreeRoot)
        {
            throw new CorruptTreeException("it is no tree root");
        }

        var version = reader.ReadInt32();
        if (version != TreeFormat.Version || fields != Fields)
        {
            throw new CorruptTreeException($"it has format version {version}; this program reads {TreeFormat.Version}, a newer one may read it");
        }

        var directory = new Inode
        {
            Kind = InodeKind.Directory,
            Mode = reader.ReadUInt32(),
            Uid = reader.ReadUInt32(),
            Gid = reader.ReadUInt32(),
            Xattrs = reader.ReadBinary(),
            Content = reader.ReadObjectId(),
        };
        EntryRules.Require(directory);
        var links = reader.ReadObjectId();
        reader.RequireEnd();
        return new TreeRoot(version, directory, links);
    });
}
