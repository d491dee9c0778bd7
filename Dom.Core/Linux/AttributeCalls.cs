using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>Extended attributes of an entry of a directory: Linux 6.13 has calls for that, before it the path goes through /proc/self/fd.</summary>
internal static unsafe class AttributeCalls
{
    private static readonly bool HasAtCalls = Probe();

    internal static nint List(DirectoryHandle directory, ReadOnlySpan<byte> name, byte* list, nuint size)
    {
        if (HasAtCalls)
        {
            using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
            return Libc.syscall_xattrat(Libc.ListXattrAt, directory, native.Pointer, Libc.SymlinkNoFollow, list, (void*)size, 0);
        }

        using var path = directory.ProcPathOf(name, stackalloc byte[NativeName.StackSize]);
        return Libc.llistxattr(path.Pointer, list, size);
    }

    internal static nint Get(DirectoryHandle directory, ReadOnlySpan<byte> name, byte* attribute, byte* value, nuint size)
    {
        if (HasAtCalls)
        {
            using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
            var arguments = new Arguments { Value = (ulong)value, Size = (uint)size };
            return Libc.syscall_xattrat(
                Libc.GetXattrAt, directory, native.Pointer, Libc.SymlinkNoFollow, attribute, &arguments, (nuint)sizeof(Arguments));
        }

        using var path = directory.ProcPathOf(name, stackalloc byte[NativeName.StackSize]);
        return Libc.lgetxattr(path.Pointer, attribute, value, size);
    }

    internal static nint Set(DirectoryHandle directory, ReadOnlySpan<byte> name, byte* attribute, byte* value, nuint size)
    {
        if (HasAtCalls)
        {
            using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
            var arguments = new Arguments { Value = (ulong)value, Size = (uint)size };
            return Libc.syscall_xattrat(
                Libc.SetXattrAt, directory, native.Pointer, Libc.SymlinkNoFollow, attribute, &arguments, (nuint)sizeof(Arguments));
        }

        using var path = directory.ProcPathOf(name, stackalloc byte[NativeName.StackSize]);
        return Libc.lsetxattr(path.Pointer, attribute, value, size, 0);
    }

    internal static nint Remove(DirectoryHandle directory, ReadOnlySpan<byte> name, byte* attribute)
    {
        if (HasAtCalls)
        {
            using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
            return Libc.syscall_xattrat(Libc.RemoveXattrAt, directory, native.Pointer, Libc.SymlinkNoFollow, attribute, null, 0);
        }

        using var path = directory.ProcPathOf(name, stackalloc byte[NativeName.StackSize]);
        return Libc.lremovexattr(path.Pointer, attribute);
    }

    /// <summary>A kernel that knows the calls looks at the empty attribute name; an old one, or a seccomp filter, refuses the call as such.</summary>
    private static bool Probe()
    {
        using var root = DirectoryHandle.Open("/"u8);
        byte value;
        var result = Libc.syscall_xattrat(Libc.ListXattrAt, root, Libc.NoName, Libc.EmptyPath, &value, null, 0);
        return result >= 0 || Libc.LastError is not (Errno.ENOSYS or Errno.EPERM);
    }

    /// <summary><c>struct xattr_args</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Arguments
    {
        internal ulong Value;
        internal uint Size;
        internal uint Flags;
    }
}
