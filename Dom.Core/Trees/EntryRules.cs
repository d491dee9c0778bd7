namespace Dom.Core.Trees;

/// <summary>Which field values an entry can have. What passes here can be made on a Linux file system.</summary>
internal static class EntryRules
{
    private const uint PermissionBits = 0xfff;
    private const uint SymlinkMode = 0x1ff;
    private const uint NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Throws <see cref="CorruptTreeException"/> saying which field is wrong.</summary>
    internal static void Require(in Inode inode)
    {
        if (inode.Kind is InodeKind.Opaque or InodeKind.MountPoint or InodeKind.Unknown)
        {
            return;
        }

        Check(inode.Mode <= PermissionBits, "mode has more than the permission bits");
        Check(inode.Uid != uint.MaxValue && inode.Gid != uint.MaxValue, "owner -1 means none");
        Check(inode.MtimeNanoseconds < NanosecondsPerSecond, "mtime has a second or more of nanoseconds");
        RequireXattrs(inode.Xattrs);
        switch (inode.Kind)
        {
            case InodeKind.Regular:
                Check(inode.Size <= long.MaxValue, "size is negative");
                Check(inode.Content.IsNone == (inode.Size == 0), "an object stands beside size 0, or none beside another size");
                break;
            case InodeKind.Directory:
                Check(!inode.Content.IsNone, "a directory has no block");
                break;
            case InodeKind.Symlink:
                Check(inode.Mode == SymlinkMode, "the mode of a symbolic link is not 0777");
                Check(inode.Target.Length is > 0 and <= TreeFormat.MaxTargetBytes, "a link target is empty or too long");
                Check(!inode.Target.Span.Contains((byte)0), "a link target contains NUL");
                break;
            default:
                break;
        }
    }

    private static void RequireXattrs(ReadOnlyMemory<byte> xattrs)
    {
        if (!xattrs.IsEmpty)
        {
            Check(xattrs.Length <= TreeFormat.MaxXattrBytes, "the extended attributes are too large");
            Check(new ExtendedAttributes(xattrs).IsCanonical, "the extended attributes are not sorted or not in canonical form");
        }
    }

    private static void Check(bool condition, string fault)
    {
        if (!condition)
        {
            throw new CorruptTreeException(fault);
        }
    }
}
