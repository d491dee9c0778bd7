namespace Dom.Core.Linux;

public sealed partial class DirectoryHandle
{
    /// <summary>Status of an entry; of the link itself for a symbolic link.</summary>
    public FileStatus GetStatus(ReadOnlySpan<byte> name)
    {
        var error = TryGetStatus(name, out var status);
        return error == Errno.None ? status : throw Failure(error, "read the status of", name);
    }

    /// <summary>Status of an entry; of the link itself for a symbolic link.</summary>
    public unsafe Errno TryGetStatus(ReadOnlySpan<byte> name, out FileStatus status)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        RawStatx raw;
        while (Libc.statx(this, native.Pointer, Libc.SymlinkNoFollow | Libc.NoAutomount, RawStatx.Wanted, &raw) < 0)
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

    /// <summary>True when there is an entry of that name, whatever it is.</summary>
    public bool Exists(ReadOnlySpan<byte> name) => TryGetStatus(name, out _) switch
    {
        Errno.None => true,
        Errno.ENOENT => false,
        var error => throw Failure(error, "read the status of", name),
    };

    /// <summary>The target of a symbolic link.</summary>
    public byte[] ReadLink(ReadOnlySpan<byte> name)
    {
        Span<byte> buffer = stackalloc byte[MaxLinkTarget];
        var error = TryReadLink(name, buffer, out var length);
        return error == Errno.None ? buffer[..length].ToArray() : throw Failure(error, "read the symbolic link", name);
    }

    /// <summary>The longest target a symbolic link can have.</summary>
    public const int MaxLinkTarget = 4096;

    /// <summary>Reads the target of a symbolic link; ENAMETOOLONG when the buffer (at best <see cref="MaxLinkTarget"/> bytes) is too small.</summary>
    public unsafe Errno TryReadLink(ReadOnlySpan<byte> name, Span<byte> target, out int length)
    {
        using var native = new NativeName(name, stackalloc byte[NativeName.StackSize]);
        fixed (byte* buffer = target)
        {
            nint read;
            while ((read = Libc.readlinkat(this, native.Pointer, buffer, (nuint)target.Length)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    length = 0;
                    return Libc.LastError;
                }
            }

            length = (int)read;

            // A full buffer may hold a cut target; MaxLinkTarget is one more than the kernel allows.
            return length < target.Length ? Errno.None : Errno.ENAMETOOLONG;
        }
    }
}
