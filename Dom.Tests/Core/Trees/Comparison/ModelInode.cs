using System.Text;
using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>An inode of the in-memory file system. Names that are hard links share one instance, so that a change through one shows through all.</summary>
public sealed class ModelInode
{
    public InodeKind Kind { get; set; } = InodeKind.Regular;

    public uint Mode { get; set; } = 0x1A4;

    public uint Uid { get; set; }

    public uint Gid { get; set; }

    public long Mtime { get; set; } = 1000;

    public string Content { get; set; } = "";

    /// <summary>A file of a machine whose content has not been read.</summary>
    public bool IsUnread { get; set; }

    public byte[] Xattrs { get; set; } = [];

    public ulong Device { get; set; }

    public static ModelInode Directory(uint mode = 0x1ED) => new() { Kind = InodeKind.Directory, Mode = mode };

    public static ModelInode File(string content, uint mode = 0x1A4, long mtime = 1000, uint uid = 0) =>
        new() { Content = content, Mode = mode, Mtime = mtime, Uid = uid };

    public static ModelInode Symlink(string target) => new() { Kind = InodeKind.Symlink, Mode = 0x1FF, Content = target };

    public ModelInode Copy() => (ModelInode)MemberwiseClone();

    public static ObjectId ObjectOf(string content) => ObjectId.Of(Encoding.UTF8.GetBytes(content));

    public Inode ToInode(ObjectId block) => Kind switch
    {
        InodeKind.Opaque or InodeKind.MountPoint => new Inode { Kind = Kind },
        InodeKind.Unknown => new Inode { Kind = Kind, Errno = 13 },
        _ => new Inode
        {
            Kind = Kind,
            Mode = Mode,
            Uid = Uid,
            Gid = Gid,
            Xattrs = Xattrs,
            MtimeSeconds = HasMtime ? Mtime : 0,
            Size = Kind == InodeKind.Regular ? (ulong)Encoding.UTF8.GetByteCount(Content) : 0,
            Content = Kind switch { InodeKind.Regular => IsUnread ? TreeFormat.Unread : ObjectOf(Content), InodeKind.Directory => block, _ => default },
            Target = Kind == InodeKind.Symlink ? Encoding.UTF8.GetBytes(Content) : default,
            Device = Kind is InodeKind.CharacterDevice or InodeKind.BlockDevice ? Device : 0,
        },
    };

    public override string ToString() => $"{Kind} {Convert.ToString(Mode, 8)} {Uid}:{Gid} {(HasMtime ? Mtime : 0)} '{Content}' x{Xattrs.Length} d{Device}";

    private bool HasMtime => Kind is InodeKind.Regular or InodeKind.CharacterDevice or InodeKind.BlockDevice or InodeKind.Fifo;
}
