namespace Dom.Core.Linux;

/// <summary>What happens on a whole file system, told by the kernel (fanotify with file handles, Linux 5.9): which directory, which name.</summary>
/// <remarks>Needs CAP_SYS_ADMIN. The queue is bounded (<c>fs.fanotify.max_queued_events</c>); what does not fit is told as <see cref="FileSystemEventKinds.Overflow"/>.</remarks>
public sealed unsafe class FileSystemEvents : Descriptor
{
    /// <summary>The buffer for <see cref="Read"/>: some hundred events.</summary>
    public const int BufferBytes = 64 * 1024;

    private const int CloseOnExec = 0x80000;
    private const int NonBlocking = 0x800;

    private readonly Descriptor _wake;

    private FileSystemEvents(int descriptor, Descriptor wake)
        : base(descriptor) => _wake = wake;

    /// <summary>Makes a queue; nothing comes before <see cref="TryWatch"/>.</summary>
    /// <returns>ENOSYS or EINVAL for a kernel that cannot, EMFILE for too many queues, EPERM without the privilege.</returns>
    public static Errno TryCreate(out FileSystemEvents? events)
    {
        const uint cloexec = 1, nonBlocking = 2, inode = 0x200, directory = 0x400, name = 0x800;
        events = null;
        var descriptor = Libc.fanotify_init(cloexec | nonBlocking | inode | directory | name, OpenFlags.ReadOnly | CloseOnExec);
        if (descriptor < 0)
        {
            return Libc.LastError;
        }

        var wake = Libc.eventfd(0, CloseOnExec | NonBlocking);
        events = new FileSystemEvents(descriptor, new PathHandle(wake));
        if (wake >= 0)
        {
            return Errno.None;
        }

        var error = Libc.LastError;
        events.Dispose();
        events = null;
        return error;
    }

    /// <summary>Events of the file system that holds the directory are told from now on.</summary>
    /// <returns>EPERM without CAP_SYS_ADMIN; EOPNOTSUPP, ENODEV or EXDEV for a file system whose inodes have no handles.</returns>
    public Errno TryWatch(DirectoryHandle directory)
    {
        const uint add = 1, fileSystem = 0x100;
        const FileSystemEventKinds wanted = FileSystemEventKinds.Modified | FileSystemEventKinds.Attributes | FileSystemEventKinds.Written | FileSystemEventKinds.MovedFrom
            | FileSystemEventKinds.MovedTo | FileSystemEventKinds.Created | FileSystemEventKinds.Deleted | FileSystemEventKinds.Directory;
        return Libc.fanotify_mark(this, add | fileSystem, (ulong)wanted, directory, null) < 0 ? Libc.LastError : Errno.None;
    }

    /// <summary>No more events are told; those in the queue stay.</summary>
    public void Unwatch(DirectoryHandle directory)
    {
        const uint flush = 0x80, fileSystem = 0x100;
        _ = Libc.fanotify_mark(this, flush | fileSystem, 0, directory, null);
    }

    /// <summary>Waits until there is an event, <see cref="Wake"/> is called or the time is over.</summary>
    /// <returns>True for an event.</returns>
    public bool Wait(TimeSpan atMost)
    {
        var descriptors = stackalloc RawPoll[2];
        descriptors[0] = new RawPoll { Descriptor = Number, Wanted = RawPoll.Readable };
        descriptors[1] = new RawPoll { Descriptor = (int)_wake.DangerousGetHandle(), Wanted = RawPoll.Readable };
        var count = Libc.poll(descriptors, 2, (int)Math.Clamp(Math.Ceiling(atMost.TotalMilliseconds), 0, int.MaxValue));
        return count > 0 && descriptors[0].Found != 0;
    }

    /// <summary>Ends every <see cref="Wait"/> from now on.</summary>
    public void Wake()
    {
        ulong one = 1;
        _ = Libc.write(_wake, (byte*)&one, sizeof(ulong));
    }

    /// <summary>Takes waiting events out of the queue, for a <see cref="FileSystemEventReader"/>.</summary>
    /// <returns>Bytes; 0 when the queue is empty.</returns>
    public int Read(Span<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            nint read;
            while ((read = Libc.read(this, start, (nuint)buffer.Length)) < 0)
            {
                if (Libc.LastError == Errno.EAGAIN)
                {
                    return 0;
                }

                ThrowUnlessInterrupted("read events of");
            }

            return (int)read;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _wake.Dispose();
        }

        base.Dispose(disposing);
    }
}
