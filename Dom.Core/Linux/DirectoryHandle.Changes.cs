namespace Dom.Core.Linux;

public sealed partial class DirectoryHandle
{
    /// <summary>Makes a directory; the umask applies to <paramref name="mode"/>.</summary>
    public void MakeDirectory(ReadOnlySpan<byte> name, uint mode)
    {
        var error = TryMakeDirectory(name, mode);
        if (error != Errno.None)
        {
            throw Failure(error, "make directory", name);
        }
    }

    /// <summary>Makes a directory; EEXIST when there is something of that name.</summary>
    public unsafe Errno TryMakeDirectory(ReadOnlySpan<byte> name, uint mode)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        while (Libc.mkdirat(this, native.Pointer, mode) < 0)
        {
            if (!Libc.Interrupted)
            {
                return Libc.LastError;
            }
        }

        return Errno.None;
    }

    /// <summary>Opens a directory, making it first when it is not there.</summary>
    public DirectoryHandle OpenOrMakeDirectory(ReadOnlySpan<byte> name, uint mode)
    {
        var error = TryOpenDirectory(name, out var directory);
        if (error != Errno.ENOENT)
        {
            return error == Errno.None ? directory! : throw Failure(error, "open directory", name);
        }

        // Somebody else may make it in between; opening it tells whether it is a directory.
        error = TryMakeDirectory(name, mode);
        return error is Errno.None or Errno.EEXIST ? OpenDirectory(name) : throw Failure(error, "make directory", name);
    }

    /// <summary>Makes a device file, fifo or empty regular file.</summary>
    /// <param name="name">The new name.</param>
    /// <param name="kind">What to make.</param>
    /// <param name="mode">Permission bits; the umask applies.</param>
    /// <param name="device">For devices, as <see cref="FileStatus.MakeDevice"/>.</param>
    public unsafe void MakeNode(ReadOnlySpan<byte> name, FileKind kind, uint mode, ulong device = 0)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        while (Libc.mknodat(this, native.Pointer, (uint)kind << 12 | mode, device) < 0)
        {
            ThrowUnlessInterrupted("make node", name);
        }
    }

    /// <summary>Makes a symbolic link.</summary>
    public unsafe void MakeSymlink(ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        using var nativeTarget = new NativeName(target, stackalloc byte[NativeName.StackSize]);
        while (Libc.symlinkat(nativeTarget.Pointer, this, native.Pointer) < 0)
        {
            ThrowUnlessInterrupted("make symbolic link", name);
        }
    }

    /// <summary>Gives an existing file (never through a symbolic link) one more name.</summary>
    public unsafe void Link(ReadOnlySpan<byte> name, DirectoryHandle newDirectory, ReadOnlySpan<byte> newName)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        using var nativeNew = new NativeName(newName, stackalloc byte[NativeName.StackSize]);
        while (Libc.linkat(this, native.Pointer, newDirectory, nativeNew.Pointer, 0) < 0)
        {
            newDirectory.ThrowUnlessInterrupted("make hard link", newName);
        }
    }

    /// <summary>Gives an open file, also one without a name, a name in this directory.</summary>
    public unsafe void LinkFrom(Descriptor file, ReadOnlySpan<byte> newName)
    {
        using var native = new NativeName(newName, stackalloc byte[NativeName.StackSize]);
        while (Libc.linkat(file, Libc.NoName, this, native.Pointer, Libc.EmptyPath) < 0)
        {
            // Without CAP_DAC_READ_SEARCH older kernels allow this only through /proc.
            if (Libc.LastError is Errno.ENOENT or Errno.EPERM)
            {
                file.LinkThroughProc(this, native.Pointer, newName);
                return;
            }

            ThrowUnlessInterrupted("make hard link", newName);
        }
    }

    /// <summary>Removes a name that is not a directory.</summary>
    public void Unlink(ReadOnlySpan<byte> name) => Remove(name, 0, "remove");

    /// <summary>Removes a name that is not a directory; the error is returned.</summary>
    public Errno TryUnlink(ReadOnlySpan<byte> name) => TryRemove(name, 0);

    /// <summary>Removes a name that is not a directory; false when it was not there.</summary>
    public bool UnlinkIfExists(ReadOnlySpan<byte> name)
    {
        var error = TryRemove(name, 0);
        return error is Errno.None or Errno.ENOENT ? error == Errno.None : throw Failure(error, "remove", name);
    }

    /// <summary>Removes an empty directory.</summary>
    public void RemoveDirectory(ReadOnlySpan<byte> name) => Remove(name, Libc.RemoveDirectory, "remove directory");

    /// <summary>Removes an empty directory; ENOTEMPTY, EBUSY and the like are returned.</summary>
    public Errno TryRemoveDirectory(ReadOnlySpan<byte> name) => TryRemove(name, Libc.RemoveDirectory);

    /// <summary>Renames an entry, also to another directory of the same file system.</summary>
    public void Rename(ReadOnlySpan<byte> name, DirectoryHandle newDirectory, ReadOnlySpan<byte> newName, RenameMode mode = RenameMode.Replace)
    {
        var error = TryRename(name, newDirectory, newName, mode);
        if (error != Errno.None)
        {
            throw newDirectory.Failure(error, mode == RenameMode.Exchange ? "exchange" : $"rename '{NameText.Escape(name)}' to", newName);
        }
    }

    /// <summary>Renames an entry, also to another directory of the same file system.</summary>
    public unsafe Errno TryRename(ReadOnlySpan<byte> name, DirectoryHandle newDirectory, ReadOnlySpan<byte> newName, RenameMode mode)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        using var nativeNew = new NativeName(newName, stackalloc byte[NativeName.StackSize]);
        while (Libc.renameat2(this, native.Pointer, newDirectory, nativeNew.Pointer, (uint)mode) < 0)
        {
            if (!Libc.Interrupted)
            {
                return Libc.LastError;
            }
        }

        return Errno.None;
    }

    private void Remove(ReadOnlySpan<byte> name, int flags, string operation)
    {
        var error = TryRemove(name, flags);
        if (error != Errno.None)
        {
            throw Failure(error, operation, name);
        }
    }

    private unsafe Errno TryRemove(ReadOnlySpan<byte> name, int flags)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        while (Libc.unlinkat(this, native.Pointer, flags) < 0)
        {
            if (!Libc.Interrupted)
            {
                return Libc.LastError;
            }
        }

        return Errno.None;
    }
}
