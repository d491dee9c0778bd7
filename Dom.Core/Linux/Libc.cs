using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>The system calls of files and directories. Blittable, errno kept; callers repeat what a signal interrupted.</summary>
internal static unsafe partial class Libc
{
    internal const int CurrentDirectory = -100;

    internal const int SymlinkNoFollow = 0x100;
    internal const int RemoveDirectory = 0x200;
    internal const int SymlinkFollow = 0x400;
    internal const int EmptyPath = 0x1000;

    /// <summary>AT_NO_AUTOMOUNT: looking at a directory must not mount anything.</summary>
    internal const int NoAutomount = 0x800;

    /// <summary>The empty name, which with AT_EMPTY_PATH means the descriptor itself.</summary>
    internal static byte* NoName => Empty;

    private static readonly byte* Empty = (byte*)NativeMemory.AllocZeroed(1);

    /// <summary>The errno of the last call on this thread.</summary>
    internal static Errno LastError => (Errno)Marshal.GetLastPInvokeError();

    /// <summary>True when the last call on this thread was interrupted by a signal and is to be repeated.</summary>
    internal static bool Interrupted => Marshal.GetLastPInvokeError() == (int)Errno.EINTR;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int openat(int directory, byte* name, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeHandle descriptor, int command, nint argument);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(SafeHandle directory, byte* name, int flags, uint mask, RawStatx* result);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint getdents64(SafeHandle directory, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial long lseek(SafeHandle descriptor, long offset, int origin);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlinkat(SafeHandle directory, byte* name, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint readlink(byte* path, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mkdirat(SafeHandle directory, byte* name, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int mknodat(SafeHandle directory, byte* name, uint mode, ulong device);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int symlinkat(byte* target, SafeHandle directory, byte* name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int linkat(SafeHandle oldDirectory, byte* oldName, SafeHandle newDirectory, byte* newName, int flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "linkat")]
    internal static partial int linkat_path(int oldDirectory, byte* oldPath, SafeHandle newDirectory, byte* newName, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unlinkat(SafeHandle directory, byte* name, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int renameat2(SafeHandle oldDirectory, byte* oldName, SafeHandle newDirectory, byte* newName, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchownat(SafeHandle directory, byte* name, uint owner, uint group, int flags);

    /// <summary>glibc gives AT_SYMLINK_NOFOLLOW a meaning on kernels without fchmodat2 by going through /proc/self/fd.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmodat(SafeHandle directory, byte* name, uint mode, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fchmod(SafeHandle descriptor, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int chmod(byte* path, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int utimensat(SafeHandle directory, byte* name, RawTime* accessAndModification, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int futimens(SafeHandle descriptor, RawTime* accessAndModification);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint read(SafeHandle descriptor, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(SafeHandle descriptor, byte* buffer, nuint size, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeHandle descriptor, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pwrite(SafeHandle descriptor, byte* buffer, nuint size, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ftruncate(SafeHandle descriptor, long size);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fallocate(SafeHandle descriptor, int mode, long offset, long size);

    /// <summary>Returns the error number itself; errno is not set.</summary>
    [LibraryImport("libc")]
    internal static partial int posix_fadvise(SafeHandle descriptor, long offset, long size, int advice);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int sync_file_range(SafeHandle descriptor, long offset, long size, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(SafeHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fdatasync(SafeHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int syncfs(SafeHandle descriptor);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(SafeHandle descriptor, int operation);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstatfs(SafeHandle descriptor, RawStatfs* result);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int ioctl(SafeHandle descriptor, nuint request, void* argument);
}
