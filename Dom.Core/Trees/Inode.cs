using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>Everything a tree records of one file: kind, metadata and what its content is. A name is not part of it.</summary>
/// <remarks>A view: the memories point into the block the inode was read from. Fields that a kind does not have are zero.</remarks>
public readonly struct Inode
{
    /// <summary>What it is.</summary>
    public required InodeKind Kind { get; init; }

    /// <summary>Permission bits with setuid, setgid and sticky (07777); always 0777 for a symlink.</summary>
    public uint Mode { get; init; }

    /// <summary>Owner.</summary>
    public uint Uid { get; init; }

    /// <summary>Group.</summary>
    public uint Gid { get; init; }

    /// <summary>Modification time, whole seconds since 1970; regular files, devices and fifos only.</summary>
    public long MtimeSeconds { get; init; }

    /// <summary>Modification time, nanoseconds within the second.</summary>
    public uint MtimeNanoseconds { get; init; }

    /// <summary>Bytes of a regular file.</summary>
    public ulong Size { get; init; }

    /// <summary>The object of a regular file (none when empty) or the block of a directory.</summary>
    public ObjectId Content { get; init; }

    /// <summary>Device number of a character or block device, as the kernel's <c>dev_t</c>: <c>makedev(major, minor)</c> of glibc.</summary>
    public ulong Device { get; init; }

    /// <summary>Target of a symlink.</summary>
    public ReadOnlyMemory<byte> Target { get; init; }

    /// <summary>Extended attributes in canonical form: a MessagePack map of bin to bin sorted by name; empty when there are none.</summary>
    public ReadOnlyMemory<byte> Xattrs { get; init; }

    /// <summary>Why an <see cref="InodeKind.Unknown"/> could not be read.</summary>
    public int Errno { get; init; }

    /// <summary>True when the kind records a modification time.</summary>
    public bool HasMtime => Kind is InodeKind.Regular or InodeKind.CharacterDevice or InodeKind.BlockDevice or InodeKind.Fifo;

    /// <summary>True for kinds that are not directories and can be compared and made.</summary>
    public bool IsFile => Kind is InodeKind.Regular or InodeKind.Computed or InodeKind.Symlink or InodeKind.CharacterDevice or InodeKind.BlockDevice or InodeKind.Fifo;

    /// <summary>True for a file of a machine whose content has not been read yet: all but its object is known.</summary>
    public bool IsUnread => Kind == InodeKind.Regular && Content == TreeFormat.Unread;

    /// <summary>True for a directory of a machine that lies too deep to be looked into: a directory, but nothing else of it is known.</summary>
    public bool IsTooDeep => Kind == InodeKind.Unknown && Errno == (int)Linux.Errno.ENAMETOOLONG;

    /// <summary>Same owner, mode, extended attributes and, for kinds that have one, modification time.</summary>
    public bool SameMetadata(in Inode other) =>
        Mode == other.Mode && Uid == other.Uid && Gid == other.Gid && SameXattrs(other)
        && (!HasMtime || (MtimeSeconds == other.MtimeSeconds && MtimeNanoseconds == other.MtimeNanoseconds));

    /// <summary>Same extended attributes.</summary>
    public bool SameXattrs(in Inode other) => Xattrs.Span.SequenceEqual(other.Xattrs.Span);

    /// <summary>Same kind and same content: object, target or device; a directory's entries are not looked at.</summary>
    public bool SameContent(in Inode other) => Kind == other.Kind && Kind switch
    {
        InodeKind.Regular => Size == other.Size && Content == other.Content,
        InodeKind.Symlink => Target.Span.SequenceEqual(other.Target.Span),
        InodeKind.CharacterDevice or InodeKind.BlockDevice => Device == other.Device,
        _ => true,
    };
}
