using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;

namespace Dom.Core.Trees.Writing;

/// <summary>Gives an inode the owner, mode, extended attributes and time that a tree records, in the order that keeps them.</summary>
/// <remarks>Setting the same metadata twice is harmless: a journal may repeat it.</remarks>
public static class InodeMetadata
{
    private const uint SetIdBits = 0xc00; // 06000

    /// <summary>Sets the metadata of an open inode; what is right already is left alone.</summary>
    /// <param name="inode">The inode.</param>
    /// <param name="wanted">Its metadata.</param>
    /// <param name="abilities">What the file system can hold: other attributes are left as they are (rule 6). Null when a failure to set one is to be thrown.</param>
    /// <param name="unprivileged">True to leave out what only root may set.</param>
    public static void Set(Descriptor inode, in Inode wanted, FileSystemAbilities? abilities = null, bool unprivileged = false)
    {
        var status = inode.GetStatus();
        var isLink = wanted.Kind == InodeKind.Symlink;
        var otherOwner = !unprivileged && (status.Owner != wanted.Uid || status.Group != wanted.Gid);
        var otherMode = !isLink && (otherOwner || status.Permissions != wanted.Mode);

        // A file gets set-id bits last, when everything else is right; a change of the owner would clear them as well. On directories they are no privilege.
        var isFile = wanted.Kind != InodeKind.Directory;
        if (otherMode)
        {
            inode.SetMode(isFile ? wanted.Mode & ~SetIdBits : wanted.Mode);
        }

        if (otherOwner)
        {
            inode.SetOwner(wanted.Uid, wanted.Gid);
        }

        RemoveOtherAttributes(inode, wanted, abilities, unprivileged);
        foreach (var (attribute, value) in new ExtendedAttributes(wanted.Xattrs).Read())
        {
            if (IsSettable(wanted.Kind, attribute.Span, abilities, unprivileged))
            {
                inode.SetAttribute(attribute.Span, value.Span);
            }
        }

        if (otherMode && isFile && (wanted.Mode & SetIdBits) != 0)
        {
            inode.SetMode(wanted.Mode);
        }

        if (wanted.HasMtime)
        {
            inode.SetModificationTime(new FileTime(wanted.MtimeSeconds, (int)wanted.MtimeNanoseconds));
        }
    }

    /// <summary>Sets the metadata of an entry of any kind; of the link itself for a symbolic link.</summary>
    public static void Set(DirectoryHandle directory, ReadOnlySpan<byte> name, in Inode wanted, FileSystemAbilities? abilities = null, bool unprivileged = false)
    {
        using var inode = directory.OpenPath(name);
        Set(inode, wanted, abilities, unprivileged);
    }

    private static void RemoveOtherAttributes(Descriptor inode, in Inode wanted, FileSystemAbilities? abilities, bool unprivileged)
    {
        Span<byte> small = stackalloc byte[512];
        var list = small;
        var error = inode.TryListAttributes(list, out var length);
        if (error == Errno.ERANGE)
        {
            list = new byte[Descriptor.MaxAttributeSize];
            error = inode.TryListAttributes(list, out length);
        }

        for (var rest = error == Errno.None ? list[..length] : default; !rest.IsEmpty;)
        {
            var attribute = TakeName(ref rest);
            if (IsSettable(wanted.Kind, attribute, abilities, unprivileged) && MustGo(attribute, wanted))
            {
                inode.RemoveAttribute(attribute);
            }
        }
    }

    /// <summary>A security label cannot be removed, only replaced; everything else the tree does not record goes.</summary>
    private static bool MustGo(ReadOnlySpan<byte> attribute, in Inode wanted) =>
        !attribute.SequenceEqual("security.selinux"u8) && !Records(wanted, attribute);

    private static bool IsSettable(InodeKind kind, ReadOnlySpan<byte> attribute, FileSystemAbilities? abilities, bool unprivileged) =>
        abilities?.Holds(kind, attribute) != false && !(unprivileged && IsPrivileged(attribute));

    private static bool Records(in Inode wanted, ReadOnlySpan<byte> attribute)
    {
        foreach (var (name, _) in new ExtendedAttributes(wanted.Xattrs).Read())
        {
            if (name.Span.SequenceEqual(attribute))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPrivileged(ReadOnlySpan<byte> attribute) => attribute.StartsWith("security."u8) || attribute.StartsWith("trusted."u8);

    private static ReadOnlySpan<byte> TakeName(ref Span<byte> list)
    {
        var end = list.IndexOf((byte)0);
        var name = list[..end];
        list = list[(end + 1)..];
        return name;
    }
}
