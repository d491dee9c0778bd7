using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>The calls about events of file systems, and about inodes by handle.</summary>
internal static unsafe partial class Libc
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fanotify_init(uint flags, uint eventFlags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fanotify_mark(SafeHandle group, uint flags, ulong mask, SafeHandle directory, byte* path);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int name_to_handle_at(SafeHandle directory, byte* name, byte* handle, int* mountId, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int open_by_handle_at(SafeHandle mount, byte* handle, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int eventfd(uint value, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(RawPoll* descriptors, nuint count, int milliseconds);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int clock_gettime(int clock, RawTime* time);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint preadv2(SafeHandle descriptor, RawVector* vectors, int count, long offset, int flags);
}
