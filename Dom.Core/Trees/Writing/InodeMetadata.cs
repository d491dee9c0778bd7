using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Trees.Writing;

/// <summary>Gives an inode the owner, mode, extended attributes and time that a tree records, in the order that keeps them.</summary>
/// <remarks>Setting the same metadata twice is harmless: a journal may repeat it.</remarks>
public static class InodeMetadata
{
    /// <summary>Sets the metadata of an open inode.</summary>
    public static void Set(Descriptor inode, in Inode wanted, bool unprivileged = false)
    {
        if (!unprivileged)
        {
            inode.SetOwner(wanted.Uid, wanted.Gid);
        }

        if (wanted.Kind != InodeKind.Symlink)
        {
            inode.SetMode(wanted.Mode);
        }

        RemoveOtherAttributes(inode, wanted, unprivileged);
        var reader = new MessagePackReader(wanted.Xattrs);
        for (var rest = ReadCount(ref reader, wanted); rest > 0; rest--)
        {
            var attribute = reader.ReadBinary().Span;
            var value = reader.ReadBinary().Span;
            if (!unprivileged || !IsPrivileged(attribute))
            {
                inode.SetAttribute(attribute, value);
            }
        }

        if (wanted.HasMtime)
        {
            inode.SetModificationTime(TimeOf(wanted));
        }
    }

    /// <summary>Sets the metadata of an entry of any kind; of the link itself for a symbolic link.</summary>
    public static void Set(DirectoryHandle directory, ReadOnlySpan<byte> name, in Inode wanted, bool unprivileged = false)
    {
        using var inode = directory.OpenPath(name);
        Set(inode, wanted, unprivileged);
    }

    private static void RemoveOtherAttributes(Descriptor inode, in Inode wanted, bool unprivileged)
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
            if (MustGo(attribute, wanted, unprivileged))
            {
                inode.RemoveAttribute(attribute);
            }
        }
    }

    /// <summary>A security label cannot be removed, only replaced; everything else the tree does not record goes.</summary>
    private static bool MustGo(ReadOnlySpan<byte> attribute, in Inode wanted, bool unprivileged) =>
        !attribute.SequenceEqual("security.selinux"u8) && !(unprivileged && IsPrivileged(attribute)) && !Records(wanted, attribute);

    private static bool Records(in Inode wanted, ReadOnlySpan<byte> attribute)
    {
        var reader = new MessagePackReader(wanted.Xattrs);
        for (var rest = ReadCount(ref reader, wanted); rest > 0; rest--)
        {
            if (reader.ReadBinary().Span.SequenceEqual(attribute))
            {
                return true;
            }

            reader.Skip();
        }

        return false;
    }

    private static int ReadCount(ref MessagePackReader reader, in Inode inode) => inode.Xattrs.IsEmpty ? 0 : reader.ReadMapHeader();

    private static bool IsPrivileged(ReadOnlySpan<byte> attribute) => attribute.StartsWith("security."u8) || attribute.StartsWith("trusted."u8);

    private static FileTime TimeOf(in Inode inode) => new(inode.MtimeSeconds, (int)inode.MtimeNanoseconds);

    private static ReadOnlySpan<byte> TakeName(ref Span<byte> list)
    {
        var end = list.IndexOf((byte)0);
        var name = list[..end];
        list = list[(end + 1)..];
        return name;
    }
}
