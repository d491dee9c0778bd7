using System.Globalization;
using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Removes a directory that may reach deeper than paths, stacks and descriptors do: what lies below is moved up, level by level, and removed there.</summary>
internal static class TreeRemoval
{
    private static ReadOnlySpan<byte> Raised => "raised-"u8;

    /// <summary>Removes a directory and everything in it.</summary>
    /// <exception cref="LinuxException">Something cannot be removed. What was removed until then is gone; calling again goes on.</exception>
    public static void Remove(DirectoryHandle parent, ReadOnlySpan<byte> name)
    {
        using (var top = parent.OpenDirectory(name))
        {
            var mount = top.GetStatus().MountId;
            long raised = 0;
            while (top.ListNames() is { Count: > 0 } names)
            {
                foreach (var below in names)
                {
                    if (!TryRemoveFile(top, below))
                    {
                        Empty(top, below, mount, ref raised);
                        top.RemoveDirectory(below);
                    }
                }
            }
        }

        parent.RemoveDirectory(name);
    }

    private static void Empty(DirectoryHandle top, byte[] name, ulong mount, ref long raised)
    {
        using var directory = top.OpenDirectory(name);
        if (directory.GetStatus().MountId != mount)
        {
            throw new LinuxException(Errno.EXDEV, "remove the directory another file system is mounted on", directory.DescribePath());
        }

        foreach (var below in directory.ListNames())
        {
            if (TryRemoveFile(directory, below))
            {
                continue;
            }

            Errno error;
            do
            {
                // A removal that was interrupted, or whoever made the tree, may have used the name.
                byte[] place = [.. Raised, .. Encoding.ASCII.GetBytes((raised++).ToString(CultureInfo.InvariantCulture))];
                error = directory.TryRename(below, top, place, RenameMode.NoReplace);
            }
            while (error == Errno.EEXIST);
            if (error != Errno.None)
            {
                throw new LinuxException(error, "move", directory.DescribePath());
            }
        }
    }

    /// <summary>Removes what is no directory; false for one.</summary>
    private static bool TryRemoveFile(DirectoryHandle directory, ReadOnlySpan<byte> name)
    {
        var error = directory.TryUnlink(name);
        return error switch
        {
            Errno.None or Errno.ENOENT => true,
            Errno.EISDIR => false,
            _ => throw new LinuxException(error, "remove", $"{directory.DescribePath()}/{NameText.Escape(name)}"),
        };
    }
}
