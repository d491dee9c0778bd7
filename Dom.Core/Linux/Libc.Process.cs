using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>The calls about processes and threads, and those the C library has no function for.</summary>
internal static unsafe partial class Libc
{
    // Numbers of calls newer than 2019 are the same on every architecture.
    internal const nint OpenTree = 428;
    internal const nint OpenAt2 = 437;
    internal const nint SetXattrAt = 463;
    internal const nint GetXattrAt = 464;
    internal const nint ListXattrAt = 465;
    internal const nint RemoveXattrAt = 466;

    /// <summary>The number of ioprio_set(2) here.</summary>
    internal static nint IoPrioritySet => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 251,
        Architecture.X86 => 289,
        Architecture.Arm => 314,
        Architecture.S390x => 282,
        Architecture.Ppc64le => 273,
        _ => 30,
    };

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc")]
    internal static partial uint getegid();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int process, int signal);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitpid(int process, int* status, int options);

    /// <summary>The result begins with the signal, 0 when there is none.</summary>
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int waitid(int kind, int process, int* result, int options);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int pipe2(int* descriptors, int flags);

    /// <summary>This and the next return the error itself; what frees the structures cannot fail.</summary>
    [LibraryImport("libc")]
    internal static partial int posix_spawn(int* process, byte* program, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_init(byte* attributes);

    [LibraryImport("libc")]
    internal static partial void posix_spawnattr_destroy(byte* attributes);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setflags(byte* attributes, short flags);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigdefault(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    internal static partial int posix_spawnattr_setsigmask(byte* attributes, byte* signals);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_init(byte* actions);

    [LibraryImport("libc")]
    internal static partial void posix_spawn_file_actions_destroy(byte* actions);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_adddup2(byte* actions, int descriptor, int target);

    [LibraryImport("libc")]
    internal static partial int posix_spawn_file_actions_addopen(byte* actions, int descriptor, byte* path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int execv(byte* path, byte** arguments);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setpriority(int which, uint who, int nice);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(nint number, nint first, nint second, nint third);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    internal static partial nint syscall_at(nint number, SafeHandle directory, byte* path, nint third, nint fourth);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    internal static partial nint syscall_xattrat(
        nint number, SafeHandle directory, byte* path, uint flags, void* fifth, void* sixth, nuint seventh);
}
