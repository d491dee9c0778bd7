namespace Dom.Core.Linux;

/// <summary>Names, meanings and remedies of error numbers.</summary>
public static class ErrnoText
{
    /// <summary>The kernel's name, such as <c>ENOENT</c>, or <c>errno 200</c>.</summary>
    public static string Name(this Errno error) => Enum.IsDefined(error) ? error.ToString() : $"errno {(int)error}";

    /// <summary>What the number means, for people.</summary>
    public static string Meaning(this Errno error) => error switch
    {
        Errno.EPERM => "operation not permitted",
        Errno.ENOENT => "no such file or directory",
        Errno.ESRCH => "no such process",
        Errno.EINTR => "interrupted system call",
        Errno.EIO => "input/output error",
        Errno.ENXIO => "no such device or address",
        Errno.E2BIG => "argument list too long",
        Errno.EBADF => "bad file descriptor",
        Errno.ECHILD => "no child processes",
        Errno.EAGAIN => "resource temporarily unavailable",
        Errno.ENOMEM => "cannot allocate memory",
        Errno.EACCES => "permission denied",
        Errno.EBUSY => "device or resource busy",
        Errno.EEXIST => "file exists",
        Errno.EXDEV => "invalid cross-device link",
        Errno.ENODEV => "no such device",
        Errno.ENOTDIR => "not a directory",
        Errno.EISDIR => "is a directory",
        Errno.EINVAL => "invalid argument",
        Errno.ENFILE => "too many open files in system",
        Errno.EMFILE => "too many open files",
        Errno.ENOTTY => "inappropriate ioctl for device",
        Errno.ETXTBSY => "text file busy",
        Errno.EFBIG => "file too large",
        Errno.ENOSPC => "no space left on device",
        Errno.ESPIPE => "illegal seek",
        Errno.EROFS => "read-only file system",
        Errno.EMLINK => "too many links",
        Errno.ERANGE => "numerical result out of range",
        Errno.ENAMETOOLONG => "file name too long",
        Errno.ENOSYS => "function not implemented",
        Errno.ENOTEMPTY => "directory not empty",
        Errno.ELOOP => "too many levels of symbolic links",
        Errno.ENODATA => "no data available",
        Errno.EBADMSG => "bad message",
        Errno.EOVERFLOW => "value too large for defined data type",
        Errno.EOPNOTSUPP => "operation not supported",
        Errno.ETIMEDOUT => "connection timed out",
        Errno.ESTALE => "stale file handle",
        Errno.EUCLEAN => "structure needs cleaning",
        Errno.EREMOTEIO => "remote I/O error",
        Errno.EDQUOT => "disk quota exceeded",
        Errno.ENOKEY => "required key not available",
        Errno.EKEYREJECTED => "key was rejected by service",
        _ => "unexpected error",
    };

    /// <summary>What an operator can do about it; empty when that depends on the operation.</summary>
    public static string Remedy(this Errno error) => error switch
    {
        Errno.EPERM => "run as root, or manage only what this user owns",
        Errno.EACCES => "run as root, or give this user access",
        Errno.ENOSPC => "free some space",
        Errno.EDQUOT => "raise the quota or free some space",
        Errno.EROFS => "remount the file system for writing",
        Errno.EMFILE => "raise LimitNOFILE",
        Errno.ENFILE => "raise fs.file-max",
        Errno.EIO => "check the disk and the kernel log",
        Errno.EUCLEAN => "check the file system (fsck)",
        Errno.ELOOP => "a symbolic link stands where a directory or file is expected; remove it",
        Errno.EOPNOTSUPP => "the file system cannot hold this; use another one",
        Errno.ENOSYS => "the kernel is too old or a seccomp filter forbids the call",
        Errno.EBUSY => "something is mounted there or uses it; release it first",
        Errno.ETXTBSY => "stop the program that runs from the file",
        Errno.EMLINK => "the file system allows no more links to one file",
        Errno.ENAMETOOLONG => "shorten the name",
        Errno.EXDEV => "both must be on one file system",
        _ => "",
    };
}
