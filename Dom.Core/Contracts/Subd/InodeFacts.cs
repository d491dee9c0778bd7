using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;
using Dom.Core.Trees;

namespace Dom.Core.Contracts.Subd;

/// <summary>An inode on the wire.</summary>
[MessagePackObject]
public sealed partial record InodeFacts
{
    /// <summary>What it is.</summary>
    public required InodeKind Kind { get; init; }

    /// <summary>Permission bits.</summary>
    public uint Mode { get; init; }

    /// <summary>Owner.</summary>
    public uint Uid { get; init; }

    /// <summary>Group.</summary>
    public uint Gid { get; init; }

    /// <summary>Modification time, seconds.</summary>
    public long MtimeSeconds { get; init; }

    /// <summary>Modification time, nanoseconds within the second.</summary>
    public uint MtimeNanoseconds { get; init; }

    /// <summary>Bytes of a regular file.</summary>
    public ulong Size { get; init; }

    /// <summary>Object of a regular file; none when it is empty, or of a machine and not read yet.</summary>
    public ObjectId Content { get; init; }

    /// <summary>Device number.</summary>
    public ulong Device { get; init; }

    /// <summary>Target of a symlink.</summary>
    public UnixPath Target { get; init; }

    /// <summary>Extended attributes in canonical form.</summary>
    public byte[]? Xattrs { get; init; }

    /// <summary>The wire form of an inode; null for none.</summary>
    public static InodeFacts? Of(in Inode inode) => inode.Kind == InodeKind.None ? null : new InodeFacts
    {
        Kind = inode.Kind,
        Mode = inode.Mode,
        Uid = inode.Uid,
        Gid = inode.Gid,
        MtimeSeconds = inode.MtimeSeconds,
        MtimeNanoseconds = inode.MtimeNanoseconds,
        Size = inode.Size,
        Content = inode.IsUnread ? default : inode.Content,
        Device = inode.Device,
        Target = new UnixPath(inode.Target),
        Xattrs = inode.Xattrs.IsEmpty ? null : inode.Xattrs.ToArray(),
    };

    /// <summary>The inode these facts are of.</summary>
    public Inode ToInode() => new()
    {
        Kind = Kind,
        Mode = Mode,
        Uid = Uid,
        Gid = Gid,
        MtimeSeconds = MtimeSeconds,
        MtimeNanoseconds = MtimeNanoseconds,
        Size = Size,
        Content = Content,
        Device = Device,
        Target = Target.Bytes,
        Xattrs = Xattrs,
    };
}
