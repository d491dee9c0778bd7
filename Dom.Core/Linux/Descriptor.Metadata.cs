namespace Dom.Core.Linux;

public abstract unsafe partial class Descriptor
{
    /// <summary>Sets user and group. Clears set-id bits and capabilities, as the kernel does.</summary>
    public void SetOwner(uint owner, uint group)
    {
        while (Libc.fchownat(this, Libc.NoName, owner, group, Libc.EmptyPath) < 0)
        {
            ThrowUnlessInterrupted($"set the owner {owner}:{group} of");
        }
    }

    /// <summary>Sets the twelve permission bits.</summary>
    public void SetMode(uint mode)
    {
        while (ChangeMode(mode & 0xfff) < 0)
        {
            ThrowUnlessInterrupted("set the mode of");
        }
    }

    /// <summary>Sets the modification time and leaves the access time.</summary>
    public void SetModificationTime(FileTime time)
    {
        var times = stackalloc RawTime[2];
        times[0].Nanoseconds = RawTime.Omit;
        times[1].Seconds = time.Seconds;
        times[1].Nanoseconds = time.Nanoseconds;
        while (ChangeTimes(times) < 0)
        {
            ThrowUnlessInterrupted("set the time of");
        }
    }

    internal void LinkThroughProc(DirectoryHandle directory, byte* newName, ReadOnlySpan<byte> newNameText)
    {
        Span<byte> path = stackalloc byte[ProcPathSize];
        WriteProcPath(path, default);
        fixed (byte* p = path)
        {
            while (Libc.linkat_path(Libc.CurrentDirectory, p, directory, newName, Libc.SymlinkFollow) < 0)
            {
                directory.ThrowUnlessInterrupted("make hard link", newNameText);
            }
        }

        GC.KeepAlive(this);
    }

    private int ChangeMode(uint mode)
    {
        if (!IsPathOnly)
        {
            return Libc.fchmod(this, mode);
        }

        Span<byte> path = stackalloc byte[ProcPathSize];
        WriteProcPath(path, default);
        fixed (byte* p = path)
        {
            var result = Libc.chmod(p, mode);
            GC.KeepAlive(this);
            return result;
        }
    }

    private int ChangeTimes(RawTime* times) =>
        IsPathOnly ? Libc.utimensat(this, Libc.NoName, times, Libc.EmptyPath) : Libc.futimens(this, times);
}
