using Microsoft.Win32.SafeHandles;

namespace Dom.Core.Linux;

/// <summary>An open regular file.</summary>
public sealed unsafe class FileHandle : Descriptor
{
    internal FileHandle(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Reads at the current position; 0 means the end.</summary>
    public int Read(Span<byte> buffer)
    {
        var error = TryRead(buffer, out var count);
        return error == Errno.None ? count : throw new LinuxException(error, "read", DescribePath());
    }

    /// <summary>Reads at the current position; 0 bytes mean the end.</summary>
    public Errno TryRead(Span<byte> buffer, out int count)
    {
        fixed (byte* p = buffer)
        {
            nint read;
            while ((read = Libc.read(this, p, (nuint)buffer.Length)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    count = 0;
                    return Libc.LastError;
                }
            }

            count = (int)read;
            return Errno.None;
        }
    }

    /// <summary>Reads at an offset; 0 bytes mean the end.</summary>
    public Errno TryReadAt(long offset, Span<byte> buffer, out int count)
    {
        fixed (byte* p = buffer)
        {
            nint read;
            while ((read = Libc.pread(this, p, (nuint)buffer.Length, offset)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    count = 0;
                    return Libc.LastError;
                }
            }

            count = (int)read;
            return Errno.None;
        }
    }

    /// <summary>Whether the beginning of the file is in the page cache, found without reading from the disk.</summary>
    /// <returns>True also where the file system cannot say.</returns>
    public bool IsCached()
    {
        const int noWait = 8;
        byte first;
        var vector = new RawVector { Start = &first, Length = 1 };
        nint read;
        do
        {
            read = Libc.preadv2(this, &vector, 1, 0, noWait);
        }
        while (read < 0 && Libc.Interrupted);
        return read >= 0 || Libc.LastError != Errno.EAGAIN;
    }

    /// <summary>Writes everything at the current position.</summary>
    public void Write(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            fixed (byte* p = content)
            {
                var written = Libc.write(this, p, (nuint)content.Length);
                if (written < 0)
                {
                    ThrowUnlessInterrupted("write");
                    continue;
                }

                content = content[(int)written..];
            }
        }
    }

    /// <summary>Writes everything at an offset.</summary>
    public void WriteAt(long offset, ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            fixed (byte* p = content)
            {
                var written = Libc.pwrite(this, p, (nuint)content.Length, offset);
                if (written < 0)
                {
                    ThrowUnlessInterrupted("write");
                    continue;
                }

                content = content[(int)written..];
                offset += written;
            }
        }
    }

    /// <summary>Moves the current position to an offset from the start.</summary>
    public void Seek(long offset)
    {
        while (Libc.lseek(this, offset, 0) < 0)
        {
            ThrowUnlessInterrupted("seek in");
        }
    }

    /// <summary>Cuts or extends the file.</summary>
    public void SetSize(long size)
    {
        while (Libc.ftruncate(this, size) < 0)
        {
            ThrowUnlessInterrupted($"set the size to {size} of");
        }
    }

    /// <summary>Reserves space, so that later writes cannot fail for lack of it. The size stays.</summary>
    /// <returns>False when the file system cannot reserve.</returns>
    public bool TryAllocate(long size)
    {
        const int keepSize = 1;
        while (size > 0 && Libc.fallocate(this, keepSize, 0, size) < 0)
        {
            if (Libc.LastError is Errno.EOPNOTSUPP or Errno.ENOSYS)
            {
                return false;
            }

            ThrowUnlessInterrupted($"reserve {size} bytes for");
        }

        return true;
    }

    /// <summary>Makes this empty file a copy of another one of the same file system that shares its blocks until either is written to (FICLONE).</summary>
    /// <returns>False where it cannot be done: then the file is empty, and its content is to be copied.</returns>
    public bool TryCloneFrom(FileHandle source)
    {
        const nuint clone = 0x40049409;
        var held = false;
        source.DangerousAddRef(ref held);
        try
        {
            while (Libc.ioctl(this, clone, (void*)source.DangerousGetHandle()) < 0)
            {
                if (!Libc.Interrupted)
                {
                    // Whatever is wrong with the source or the disk, the copying shows.
                    SetSize(0);
                    return false;
                }
            }

            return true;
        }
        finally
        {
            source.DangerousRelease();
        }
    }

    /// <summary>Makes the content, and of the metadata the size, durable.</summary>
    public void SyncData()
    {
        while (!Durability.IsOff && Libc.fdatasync(this) < 0)
        {
            ThrowUnlessInterrupted("sync");
        }
    }

    /// <summary>Starts writing a part to the disk, so that a later <see cref="SyncData"/> has less to do and reports what failed. Promises nothing by itself.</summary>
    public void BeginWriteBack(long offset, long size)
    {
        const uint write = 2;
        _ = Libc.sync_file_range(this, offset, size, write);
    }

    /// <summary>Tells the kernel how the file will be read. Advice that it cannot use is ignored.</summary>
    /// <param name="advice">How.</param>
    /// <param name="offset">First byte it is about.</param>
    /// <param name="size">Bytes it is about; 0 for all that follow.</param>
    public void Advise(FileAdvice advice, long offset = 0, long size = 0) => _ = Libc.posix_fadvise(this, offset, size, (int)advice);

    /// <summary>A handle for the framework's own file functions; this one stays open and is to be closed as well.</summary>
    public SafeFileHandle Duplicate()
    {
        const int duplicateCloseOnExec = 1030;
        int copy;
        while ((copy = Libc.fcntl(this, duplicateCloseOnExec, 0)) < 0)
        {
            ThrowUnlessInterrupted("duplicate the descriptor of");
        }

        return new SafeFileHandle(copy, ownsHandle: true);
    }
}
