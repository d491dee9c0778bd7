using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>Constants of the block format (docs/protocol.md, "Trees").</summary>
public static class TreeFormat
{
    /// <summary>Version written; the previous one is read too, once there is one.</summary>
    public const int Version = 1;

    /// <summary>No block is larger; a decoder refuses larger ones.</summary>
    public const int MaxBlockBytes = 1 << 20;

    /// <summary>A directory with more entries, or whose block would exceed <see cref="MaxBlockBytes"/>, becomes a fan-out node.</summary>
    public const int MaxEntriesPerBlock = 4096;

    /// <summary>Children of a fan-out node.</summary>
    public const int FanOut = 256;

    /// <summary>Longest name, as in Linux.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>Longest symlink target, as in Linux.</summary>
    public const int MaxTargetBytes = 4095;

    /// <summary>Most bytes of the extended attributes of one inode, in their canonical form.</summary>
    public const int MaxXattrBytes = 256 * 1024;

    /// <summary>Longest path of a hard link.</summary>
    public const int MaxLinkPathBytes = 256 * 1024;

    /// <summary>Most inodes of one tree. Equal directories share one block, so a few blocks could otherwise stand for any number of files.</summary>
    public const long MaxInodes = 100_000_000;

    /// <summary>Modification times of images are within so many seconds of 1970, some 35,000 years: no file system has use for others.</summary>
    public const long MaxTimeSeconds = 1L << 40;

    /// <summary>Deepest directory nesting that is read.</summary>
    public const int MaxDepth = 1024;

    /// <summary>Stands where the object of a regular file of a machine is not known yet; the digest of nothing, and never in an image.</summary>
    public static ObjectId Unread { get; } = new([.. Enumerable.Repeat((byte)0xff, ObjectId.Size)]);
}
