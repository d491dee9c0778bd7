using System.Buffers;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees;

/// <summary>
/// Reads and writes directory blocks: <c>[0, [entry…]]</c>, an entry being <c>[name, kind, …]</c> with the fields of its kind, sorted by the bytes of the name.
/// </summary>
/// <remarks>
/// Fields after name and kind — regular: mode, uid, gid, xattrs, mtime seconds, mtime nanoseconds, size, object; computed: mode, uid, gid, xattrs;
/// directory: mode, uid, gid, xattrs, block; symlink: mode, uid, gid, xattrs, target; devices: mode, uid, gid, xattrs, mtime seconds, nanoseconds, device;
/// fifo: mode, uid, gid, xattrs, mtime seconds, nanoseconds; unknown: errno; opaque and mount point: none.
/// </remarks>
public static class DirectoryBlock
{
    /// <summary>Writes one entry.</summary>
    public static void WriteEntry(ref MessagePackWriter writer, ReadOnlySpan<byte> name, in Inode inode)
    {
        writer.WriteArrayHeader(FieldCount(inode.Kind));
        writer.WriteBinary(name);
        writer.Write((uint)inode.Kind);
        if (inode.Kind is InodeKind.Opaque or InodeKind.MountPoint)
        {
            return;
        }

        if (inode.Kind == InodeKind.Unknown)
        {
            writer.Write(inode.Errno);
            return;
        }

        writer.Write(inode.Mode);
        writer.Write(inode.Uid);
        writer.Write(inode.Gid);
        writer.WriteBinary(inode.Xattrs.Span);
        if (inode.HasMtime)
        {
            writer.Write(inode.MtimeSeconds);
            writer.Write(inode.MtimeNanoseconds);
        }

        switch (inode.Kind)
        {
            case InodeKind.Regular:
                writer.Write(inode.Size);
                writer.Write(inode.Content);
                break;
            case InodeKind.Directory:
                writer.Write(inode.Content);
                break;
            case InodeKind.Symlink:
                writer.WriteBinary(inode.Target.Span);
                break;
            case InodeKind.CharacterDevice or InodeKind.BlockDevice:
                writer.Write(inode.Device);
                break;
            default:
                break;
        }
    }

    /// <summary>The name at an entry's place.</summary>
    public static ReadOnlyMemory<byte> ReadName(EntryRef entry)
    {
        var bytes = entry.Block!.Bytes[entry.Offset..];
        var name = EntrySkipper.Name(bytes.Span);
        return bytes.Slice(EntrySkipper.FirstField, name.Length);
    }

    /// <summary>The inode at an entry's place.</summary>
    public static Inode ReadInode(EntryRef entry)
    {
        var reader = new MessagePackReader(entry.Block!.Bytes[entry.Offset..], MessagePackLimits.CanonicalForm);
        return ReadEntry(ref reader, out _);
    }

    /// <summary>Reads one entry; throws <see cref="CorruptTreeException"/> for an unknown kind or a wrong number of fields.</summary>
    public static Inode ReadEntry(ref MessagePackReader reader, out ReadOnlyMemory<byte> name)
    {
        var fields = reader.ReadArrayHeader();
        name = reader.ReadBinary();
        var kind = (InodeKind)reader.ReadUInt32();
        if (fields != FieldCount(kind))
        {
            throw new CorruptTreeException($"an entry of kind {kind} has {fields} fields");
        }

        if (kind is InodeKind.Opaque or InodeKind.MountPoint)
        {
            return new Inode { Kind = kind };
        }

        if (kind == InodeKind.Unknown)
        {
            return new Inode { Kind = kind, Errno = reader.ReadInt32() };
        }

        var mode = reader.ReadUInt32();
        var uid = reader.ReadUInt32();
        var gid = reader.ReadUInt32();
        var xattrs = reader.ReadBinary();
        var hasMtime = kind is InodeKind.Regular or InodeKind.CharacterDevice or InodeKind.BlockDevice or InodeKind.Fifo;
        var seconds = hasMtime ? reader.ReadInt64() : 0;
        var nanoseconds = hasMtime ? reader.ReadUInt32() : 0;
        var size = kind == InodeKind.Regular ? reader.ReadUInt64() : 0;
        return new Inode
        {
            Kind = kind,
            Mode = mode,
            Uid = uid,
            Gid = gid,
            Xattrs = xattrs,
            MtimeSeconds = seconds,
            MtimeNanoseconds = nanoseconds,
            Size = size,
            Content = kind is InodeKind.Regular or InodeKind.Directory ? reader.ReadObjectId() : default,
            Target = kind == InodeKind.Symlink ? reader.ReadBinary() : default,
            Device = kind is InodeKind.CharacterDevice or InodeKind.BlockDevice ? reader.ReadUInt64() : 0,
        };
    }

    /// <summary>Makes a leaf block of entries that are already encoded and sorted.</summary>
    public static Block Seal(ReadOnlySpan<byte> encodedEntries, int count)
    {
        var buffer = new ArrayBufferWriter<byte>(encodedEntries.Length + 8);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write((uint)BlockKind.Directory);
        writer.WriteArrayHeader(count);
        writer.WriteRaw(encodedEntries);
        writer.Flush();
        return Block.Of(buffer.WrittenMemory.ToArray());
    }

    /// <summary>The places of all entries of a leaf block, in order.</summary>
    public static EntryRef[] Entries(Block block)
    {
        try
        {
            var bytes = block.Bytes.Span;
            var offset = EntrySkipper.Begin(bytes, out var count);
            var entries = new EntryRef[Math.Min(count, bytes.Length)];
            for (var i = 0; i < entries.Length; i++)
            {
                entries[i] = new EntryRef(block, offset);
                offset += EntrySkipper.Length(bytes[offset..]);
            }

            return entries;
        }
        catch (CorruptTreeException e)
        {
            throw new CorruptTreeException($"block {block.Digest}: {e.Message}", e);
        }
    }

    /// <summary>The entry of that name in a leaf block, or none.</summary>
    public static EntryRef Find(Block block, ReadOnlySpan<byte> name)
    {
        try
        {
            var bytes = block.Bytes.Span;
            var offset = EntrySkipper.Begin(bytes, out var count);
            for (; count > 0; count--)
            {
                var length = EntrySkipper.Length(bytes[offset..]);
                var order = EntrySkipper.Name(bytes[offset..]).SequenceCompareTo(name);
                if (order >= 0)
                {
                    return order == 0 ? new EntryRef(block, offset) : default;
                }

                offset += length;
            }

            return default;
        }
        catch (CorruptTreeException e)
        {
            throw new CorruptTreeException($"block {block.Digest}: {e.Message}", e);
        }
    }

    private static int FieldCount(InodeKind kind) => kind switch
    {
        InodeKind.Regular => 10,
        InodeKind.Computed => 6,
        InodeKind.Directory or InodeKind.Symlink => 7,
        InodeKind.CharacterDevice or InodeKind.BlockDevice => 9,
        InodeKind.Fifo => 8,
        InodeKind.Unknown => 3,
        InodeKind.Opaque or InodeKind.MountPoint => 2,
        _ => throw new CorruptTreeException($"inode kind {(int)kind} does not exist"),
    };
}
