namespace Dom.Core.Trees;

/// <summary>What stands behind a name. The numbers are part of the block format.</summary>
public enum InodeKind : byte
{
    /// <summary>No inode: the name does not exist.</summary>
    None = 0,

    /// <summary>A regular file; its content is an object.</summary>
    Regular = 1,

    /// <summary>A regular file whose content is computed for each machine; images only.</summary>
    Computed = 2,

    /// <summary>A directory; its content is a block.</summary>
    Directory = 3,

    /// <summary>A symbolic link.</summary>
    Symlink = 4,

    /// <summary>A character device.</summary>
    CharacterDevice = 5,

    /// <summary>A block device.</summary>
    BlockDevice = 6,

    /// <summary>A named pipe.</summary>
    Fifo = 7,

    /// <summary>A subtree no comparison can reach: excluded or filtered as a whole; machines only.</summary>
    Opaque = 8,

    /// <summary>Something that could not be read; machines only. See <see cref="Inode.Errno"/>.</summary>
    Unknown = 9,

    /// <summary>A directory another file system is mounted on, seen from above; what lies under the mount is not looked at; machines only.</summary>
    MountPoint = 10,
}
