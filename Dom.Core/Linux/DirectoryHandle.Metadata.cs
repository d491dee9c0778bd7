namespace Dom.Core.Linux;

public sealed partial class DirectoryHandle
{
    /// <summary>Sets user and group; of the link itself for a symbolic link. Clears set-id bits and capabilities, as the kernel does.</summary>
    public unsafe void SetOwner(ReadOnlySpan<byte> name, uint owner, uint group)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        while (Libc.fchownat(this, native.Pointer, owner, group, Libc.SymlinkNoFollow) < 0)
        {
            ThrowUnlessInterrupted($"set the owner {owner}:{group} of", name);
        }
    }

    /// <summary>Sets the twelve permission bits. A symbolic link has none: EOPNOTSUPP.</summary>
    public unsafe void SetMode(ReadOnlySpan<byte> name, uint mode)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        while (Libc.fchmodat(this, native.Pointer, mode & 0xfff, Libc.SymlinkNoFollow) < 0)
        {
            ThrowUnlessInterrupted("set the mode of", name);
        }
    }

    /// <summary>Sets the modification time and leaves the access time; of the link itself for a symbolic link.</summary>
    public unsafe void SetModificationTime(ReadOnlySpan<byte> name, FileTime time)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        var times = stackalloc RawTime[2];
        times[0].Nanoseconds = RawTime.Omit;
        times[1].Seconds = time.Seconds;
        times[1].Nanoseconds = time.Nanoseconds;
        while (Libc.utimensat(this, native.Pointer, times, Libc.SymlinkNoFollow) < 0)
        {
            ThrowUnlessInterrupted("set the time of", name);
        }
    }
}
