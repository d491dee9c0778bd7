using Dom.Core.Linux;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Asks the kernel to tell what happens on a file system, or says why it does not.</summary>
internal static class NoticeAccess
{
    /// <summary>Everything that happens on the file system of the root from now on is told; null with the reason when it cannot be.</summary>
    public static FileSystemEvents? TryOpen(DirectoryHandle root, out string fault)
    {
        var error = FileSystemEvents.TryCreate(out var events);
        if (events is null)
        {
            fault = $"the kernel does not tell changes (fanotify_init: {error}){RemedyOf(error)}";
            return null;
        }

        // What happens from here on is told: the first scan begins later.
        error = events.TryWatch(root);
        if (error != Errno.None)
        {
            fault = $"the file system's changes are not told (fanotify_mark: {error}){RemedyOf(error)}";
        }
        else if ((error = root.TryGetKey(out var key)) != Errno.None || (error = TryOpenKey(root, key)) != Errno.None)
        {
            fault = $"directories cannot be found by their handles (open_by_handle_at: {error}){RemedyOf(error)}";
        }
        else
        {
            fault = "";
            return events;
        }

        events.Dispose();
        return null;
    }

    private static Errno TryOpenKey(DirectoryHandle root, byte[] key)
    {
        var error = root.TryOpenByKey(key, out var inode);
        inode?.Dispose();
        return error;
    }

    /// <summary>What helps against an error, to be put behind it.</summary>
    public static string RemedyOf(Errno error) => error switch
    {
        Errno.EPERM or Errno.EACCES => "; it needs CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH",
        Errno.EINVAL or Errno.ENOSYS => "; it needs Linux 5.9",
        Errno.EOPNOTSUPP or Errno.ENODEV or Errno.EXDEV => "; this kind of file system cannot",
        Errno.EMFILE => "; too many programs watch: raise fs.fanotify.max_user_groups",
        _ => "",
    };
}
