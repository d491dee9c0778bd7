using System.Globalization;
using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>An open file descriptor of any kind, closed when disposed.</summary>
public abstract unsafe partial class Descriptor : SafeHandle
{
    private protected Descriptor(int descriptor)
        : base(-1, ownsHandle: true) => SetHandle(descriptor);

    /// <inheritdoc/>
    public override bool IsInvalid => handle < 0;

    /// <summary>True for descriptors opened with O_PATH, which most calls refuse.</summary>
    private protected virtual bool IsPathOnly => false;

    private protected int Number => (int)handle;

    /// <summary>Status of what is open. An open descriptor can always be asked, so an error means a broken disk or network.</summary>
    public FileStatus GetStatus()
    {
        var error = TryGetStatus(out var status);
        return error == Errno.None ? status : throw new LinuxException(error, "read the status of", DescribePath());
    }

    /// <summary>Status of what is open.</summary>
    public Errno TryGetStatus(out FileStatus status)
    {
        RawStatx raw;
        while (Libc.statx(this, Libc.NoName, Libc.EmptyPath, RawStatx.Wanted, &raw) < 0)
        {
            if (!Libc.Interrupted)
            {
                status = default;
                return Libc.LastError;
            }
        }

        status = new FileStatus(raw);
        return Errno.None;
    }

    /// <summary>Makes content and metadata durable.</summary>
    public void Sync()
    {
        while (!Durability.IsOff && Libc.fsync(this) < 0)
        {
            ThrowUnlessInterrupted("sync");
        }
    }

    /// <summary>Makes everything on this file system durable, and reports write errors since it was opened.</summary>
    public void SyncFileSystem()
    {
        while (!Durability.IsOff && Libc.syncfs(this) < 0)
        {
            ThrowUnlessInterrupted("sync the file system of");
        }
    }

    /// <summary>Size, free space and kind of the file system.</summary>
    public FileSystemStatus GetFileSystemStatus()
    {
        RawStatfs raw;
        while (Libc.fstatfs(this, &raw) < 0)
        {
            ThrowUnlessInterrupted("read the file system status of");
        }

        return new FileSystemStatus(raw);
    }

    /// <summary>Takes an advisory lock (flock) without waiting; it lasts until the descriptor is closed. False when another holds it.</summary>
    public bool TryLock(bool exclusive)
    {
        const int shared = 1, alone = 2, noWait = 4;
        while (Libc.flock(this, (exclusive ? alone : shared) | noWait) < 0)
        {
            if (Libc.LastError == Errno.EAGAIN)
            {
                return false;
            }

            ThrowUnlessInterrupted("lock");
        }

        return true;
    }

    /// <summary>The generation of the inode: with the inode number it tells a file from a later one that got the same number.</summary>
    /// <returns>False when the file system has none or the kind of file cannot be asked.</returns>
    public bool TryGetGeneration(out uint generation)
    {
        const nuint getVersion = 0x80087601;
        long value = 0;
        generation = 0;
        while (Libc.ioctl(this, getVersion, &value) < 0)
        {
            if (!Libc.Interrupted)
            {
                return false;
            }
        }

        generation = (uint)value;
        return true;
    }

    /// <summary>Where the kernel says this is now, for people; not to be used for opening.</summary>
    public string DescribePath()
    {
        if (IsInvalid || IsClosed)
        {
            return "(closed)";
        }

        Span<byte> path = stackalloc byte[ProcPathSize];
        Span<byte> target = stackalloc byte[1024];
        WriteProcPath(path, default);
        fixed (byte* p = path, t = target)
        {
            var length = Libc.readlink(p, t, (nuint)target.Length);
            return length < 0 ? $"descriptor {Number}" : NameText.Escape(target[..(int)length]);
        }
    }

    /// <summary>Where the kernel says this is now, as bytes, for finding it in a snapshot; not to be used for opening.</summary>
    /// <returns>False when it cannot say, or the path does not fit.</returns>
    public bool TryReadPath(Span<byte> path, out int length)
    {
        Span<byte> link = stackalloc byte[ProcPathSize];
        WriteProcPath(link, default);
        fixed (byte* l = link, p = path)
        {
            length = (int)Libc.readlink(l, p, (nuint)path.Length);
            return length > 0 && length < path.Length;
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;

    private protected void ThrowUnlessInterrupted(string operation)
    {
        var error = Libc.LastError;
        if (error != Errno.EINTR)
        {
            throw new LinuxException(error, operation, DescribePath());
        }
    }

    private protected void ThrowUnlessInterrupted(string operation, ReadOnlySpan<byte> name)
    {
        var error = Libc.LastError;
        if (error != Errno.EINTR)
        {
            throw Failure(error, operation, name);
        }
    }

    private protected LinuxException Failure(Errno error, string operation, ReadOnlySpan<byte> name) =>
        new(error, operation, $"{DescribePath().TrimEnd('/')}/{NameText.Escape(name)}");

    /// <summary>Room for <c>/proc/self/fd/N/</c> and the zero byte.</summary>
    private protected const int ProcPathSize = 32;

    /// <summary>Writes <c>/proc/self/fd/N</c>, or with a name <c>/proc/self/fd/N/name</c>, and the zero byte.</summary>
    private protected void WriteProcPath(Span<byte> path, ReadOnlySpan<byte> name)
    {
        "/proc/self/fd/"u8.CopyTo(path);
        var length = "/proc/self/fd/"u8.Length;
        Number.TryFormat(path[length..], out var digits, provider: CultureInfo.InvariantCulture);
        length += digits;
        if (!name.IsEmpty)
        {
            path[length++] = (byte)'/';
            name.CopyTo(path[length..]);
            length += name.Length;
        }

        path[length] = 0;
    }
}
