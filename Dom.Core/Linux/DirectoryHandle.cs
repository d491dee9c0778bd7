using System.Diagnostics.CodeAnalysis;

namespace Dom.Core.Linux;

/// <summary>An open directory. Everything below a managed root is reached from one, one name at a time, so that no symbolic link is ever followed.</summary>
/// <remarks>
/// Names are bytes without <c>/</c>. Forms that begin with <c>Try</c> return the error as a value, for callers to whom it is an expected outcome;
/// the others throw <see cref="LinuxException"/> naming the path. Safe for use by several threads.
/// </remarks>
public sealed partial class DirectoryHandle : Descriptor
{
    private DirectoryHandle(int descriptor)
        : base(descriptor)
    {
    }

    /// <summary>Opens a directory by path. Symbolic links in the path are followed: it is what an operator configured.</summary>
    public static unsafe DirectoryHandle Open(ReadOnlySpan<byte> path)
    {
        using var native = new NativeName(path, stackalloc byte[NativeName.StackSize]);
        var descriptor = OpenAt(Libc.CurrentDirectory, native.Pointer, OpenFlags.ReadOnly | OpenFlags.Directory | OpenFlags.CloseOnExec, 0);
        return descriptor >= 0
            ? new DirectoryHandle(descriptor)
            : throw new LinuxException(Libc.LastError, "open directory", NameText.Escape(path));
    }

    /// <summary>Opens a directory by path. Symbolic links in the path are followed.</summary>
    public static DirectoryHandle Open(string path) => Open(System.Text.Encoding.UTF8.GetBytes(path));

    /// <summary>
    /// A private view of the file system that holds this directory, without anything mounted below it: what lies under mount points is seen.
    /// </summary>
    /// <returns>None, with the reason, when the kernel or missing privileges (CAP_SYS_ADMIN) do not allow it.</returns>
    public unsafe Errno TryOpenView([NotNullWhen(true)] out DirectoryHandle? view)
    {
        const uint clone = 1;
        view = null;
        using var path = new NativeName("."u8, stackalloc byte[4]);
        nint descriptor;
        while ((descriptor = Libc.syscall_at(Libc.OpenTree, this, path.Pointer, (nint)(clone | OpenFlags.CloseOnExec), 0)) < 0)
        {
            if (!Libc.Interrupted)
            {
                return Libc.LastError;
            }
        }

        // The descriptor of a tree is O_PATH; reading entries wants a real one.
        using var tree = new DirectoryHandle((int)descriptor);
        return tree.TryOpenDirectory("."u8, out view);
    }

    /// <summary>Opens a directory below this one; a symbolic link is refused with ENOTDIR or ELOOP.</summary>
    public DirectoryHandle OpenDirectory(ReadOnlySpan<byte> name)
    {
        var error = TryOpenDirectory(name, out var directory);
        return error == Errno.None ? directory! : throw Failure(error, "open directory", name);
    }

    /// <summary>Opens a directory below this one.</summary>
    public Errno TryOpenDirectory(ReadOnlySpan<byte> name, out DirectoryHandle? directory)
    {
        var error = TryOpen(name, OpenFlags.ReadOnly | OpenFlags.Directory, 0, out var descriptor);
        directory = error == Errno.None ? new DirectoryHandle(descriptor) : null;
        return error;
    }

    /// <summary>Opens a regular file for reading. Never blocks on a fifo and never follows a symbolic link.</summary>
    public FileHandle OpenFile(ReadOnlySpan<byte> name)
    {
        var error = TryOpenFile(name, out var file);
        return error == Errno.None ? file! : throw Failure(error, "open", name);
    }

    /// <summary>Opens a regular file for reading.</summary>
    /// <param name="name">A name in this directory.</param>
    /// <param name="file">The file, when the result is <see cref="Errno.None"/>.</param>
    /// <param name="direct">Read past the page cache (O_DIRECT): buffers, offsets and sizes must then be multiples of the block size.</param>
    public Errno TryOpenFile(ReadOnlySpan<byte> name, out FileHandle? file, bool direct = false)
    {
        var flags = OpenFlags.ReadOnly | OpenFlags.NonBlocking | OpenFlags.NoTerminal | (direct ? OpenFlags.Direct : 0);

        // O_NOATIME spares a metadata write for every file read, but only the owner and root may ask for it.
        var error = TryOpen(name, flags | OpenFlags.NoAccessTime, 0, out var descriptor);
        if (error == Errno.EPERM)
        {
            error = TryOpen(name, flags, 0, out descriptor);
        }

        file = error == Errno.None ? new FileHandle(descriptor) : null;
        return error;
    }

    /// <summary>Opens a regular file for reading past the page cache, or through it where the file system refuses that.</summary>
    internal Errno TryOpenForContent(ReadOnlySpan<byte> name, bool direct, out FileHandle? file, out bool isDirect)
    {
        isDirect = direct;
        var error = TryOpenFile(name, out file, direct);
        if (direct && error == Errno.EINVAL)
        {
            isDirect = false;
            error = TryOpenFile(name, out file);
        }

        return error;
    }

    /// <summary>Makes a regular file that must not exist yet and opens it for writing and reading.</summary>
    public FileHandle CreateFile(ReadOnlySpan<byte> name, uint mode) =>
        OpenForWriting(name, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, mode, "create");

    /// <summary>Opens a regular file for reading and writing, making it when it is not there.</summary>
    public FileHandle OpenOrCreateFile(ReadOnlySpan<byte> name, uint mode) =>
        OpenForWriting(name, OpenFlags.ReadWrite | OpenFlags.Create, mode, "open or create");

    /// <summary>Opens an existing regular file for reading and writing.</summary>
    public FileHandle OpenFileForWriting(ReadOnlySpan<byte> name) => OpenForWriting(name, OpenFlags.ReadWrite, 0, "open for writing");

    /// <summary>Makes a file without a name on this file system, gone when closed unless <see cref="LinkFrom"/> names it.</summary>
    public FileHandle CreateUnnamedFile(uint mode) => OpenForWriting("."u8, OpenFlags.ReadWrite | OpenFlags.Unnamed, mode, "create a file in");

    /// <summary>Holds on to an inode of any kind without opening it for reading (O_PATH).</summary>
    public PathHandle OpenPath(ReadOnlySpan<byte> name)
    {
        var error = TryOpenPath(name, out var path);
        return error == Errno.None ? path! : throw Failure(error, "open", name);
    }

    /// <summary>Holds on to an inode of any kind without opening it for reading (O_PATH).</summary>
    public Errno TryOpenPath(ReadOnlySpan<byte> name, out PathHandle? path)
    {
        var error = TryOpen(name, OpenFlags.Path, 0, out var descriptor);
        path = error == Errno.None ? new PathHandle(descriptor) : null;
        return error;
    }

    private FileHandle OpenForWriting(ReadOnlySpan<byte> name, int flags, uint mode, string operation)
    {
        var error = TryOpen(name, flags | OpenFlags.NonBlocking | OpenFlags.NoTerminal, mode, out var descriptor);
        return error == Errno.None ? new FileHandle(descriptor) : throw Failure(error, operation, name);
    }

    private unsafe Errno TryOpen(ReadOnlySpan<byte> name, int flags, uint mode, out int descriptor)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        var added = false;
        try
        {
            DangerousAddRef(ref added);
            var noFollow = (flags & OpenFlags.Unnamed) == OpenFlags.Unnamed ? 0 : OpenFlags.NoFollow;
            descriptor = OpenAt(Number, native.Pointer, flags | noFollow | OpenFlags.CloseOnExec, mode);
            return descriptor >= 0 ? Errno.None : Libc.LastError;
        }
        finally
        {
            if (added)
            {
                DangerousRelease();
            }
        }
    }

    private static unsafe int OpenAt(int directory, byte* path, int flags, uint mode)
    {
        int descriptor;
        do
        {
            descriptor = Libc.openat(directory, path, flags, mode);
        }
        while (descriptor < 0 && Libc.Interrupted);
        return descriptor;
    }
}
