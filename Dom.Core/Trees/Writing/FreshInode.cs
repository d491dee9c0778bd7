using Dom.Core.Linux;

namespace Dom.Core.Trees.Writing;

/// <summary>When other metadata must not be given to the inode that stands there, but to a new one with a verified copy of its content.</summary>
/// <remarks>
/// Who has opened a file for writing can write to it for as long as he keeps it open, whatever its owner and mode become. A file that was his and is made
/// root's set-id program in place is one he can fill afterwards; only an inode that he never had is safe from him. Directories need none of this: every
/// change through an open directory is checked against the owner and mode of that moment. Neither do links, which have no content to write, nor FIFOs and
/// devices, whose bytes are no part of a tree and are never executed.
/// </remarks>
public static class FreshInode
{
    private const uint SetIdBits = 0xc00; // 06000
    private const uint OthersWrite = 0x12; // 0022

    /// <summary>True when a file with the metadata of one inode needs a new inode to get that of another.</summary>
    /// <param name="old">What stands there.</param>
    /// <param name="wanted">What it is to become; its content is the same.</param>
    public static bool IsNeeded(in Inode old, in Inode wanted) =>
        wanted.Kind is InodeKind.Regular or InodeKind.Computed
        && (IsNeeded(old.Uid, old.Gid, old.Mode, wanted) || DiffersInTrust(old, wanted));

    /// <summary>The same for what is seen at the path: another last look before metadata is set in place.</summary>
    public static bool IsNeeded(in FileStatus status, in Inode wanted) =>
        status.Kind == FileKind.Regular && IsNeeded(status.Owner, status.Group, status.Permissions, wanted);

    /// <summary>
    /// Set-id bits count even when the file has them: a write of its owner takes them away in the instant before they would be set again, on what he wrote.
    /// The same is true of capabilities.
    /// </summary>
    private static bool IsNeeded(uint owner, uint group, uint mode, in Inode wanted) =>
        owner != wanted.Uid || group != wanted.Gid || (wanted.Mode & SetIdBits) != 0 || (mode & OthersWrite & ~wanted.Mode) != 0
        || !Find(wanted, "security.capability"u8).IsEmpty;

    private static bool DiffersInTrust(in Inode old, in Inode wanted)
    {
        if (old.SameXattrs(wanted))
        {
            return false;
        }

        foreach (var (name, value) in new ExtendedAttributes(wanted.Xattrs).Read())
        {
            if (name.Span.StartsWith("security."u8) && !Find(old, name.Span).SequenceEqual(value.Span))
            {
                return true;
            }
        }

        // Whoever an access control list let write may still have the file open.
        var list = Find(old, "system.posix_acl_access"u8);
        return !list.IsEmpty && !list.SequenceEqual(Find(wanted, "system.posix_acl_access"u8));
    }

    private static ReadOnlySpan<byte> Find(in Inode inode, ReadOnlySpan<byte> attribute)
    {
        foreach (var (name, value) in new ExtendedAttributes(inode.Xattrs).Read())
        {
            if (name.Span.SequenceEqual(attribute))
            {
                return value.Span;
            }
        }

        return default;
    }
}
