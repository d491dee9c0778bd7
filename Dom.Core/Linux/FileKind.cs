namespace Dom.Core.Linux;

/// <summary>What a directory entry is; the values are those of <c>d_type</c> and of the upper bits of <c>st_mode</c>.</summary>
public enum FileKind : byte
{
    /// <summary>The file system did not say; ask with <see cref="DirectoryHandle.GetStatus"/>.</summary>
    Unknown = 0,

    /// <summary>A named pipe.</summary>
    Fifo = 1,

    /// <summary>A character device.</summary>
    CharacterDevice = 2,

    /// <summary>A directory.</summary>
    Directory = 4,

    /// <summary>A block device.</summary>
    BlockDevice = 6,

    /// <summary>A regular file.</summary>
    Regular = 8,

    /// <summary>A symbolic link.</summary>
    Symlink = 10,

    /// <summary>A socket.</summary>
    Socket = 12,
}
