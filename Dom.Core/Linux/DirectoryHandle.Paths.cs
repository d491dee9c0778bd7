namespace Dom.Core.Linux;

public sealed partial class DirectoryHandle
{
    /// <summary>Opens a directory any number of levels down, following no symbolic link and crossing no mount point.</summary>
    /// <param name="path">Names with <c>/</c> between them, relative to this directory; empty for this directory itself.</param>
    /// <param name="directory">The directory, when the result is <see cref="Errno.None"/>.</param>
    /// <returns>EXDEV for a mount point, ELOOP or ENOTDIR for a symbolic link, EINVAL for <c>..</c> or an empty name.</returns>
    public Errno TryOpenBelow(ReadOnlySpan<byte> path, out DirectoryHandle? directory)
    {
        var mount = GetStatus().MountId;
        var error = TryOpenDirectory("."u8, out directory);
        while (directory is not null && !path.IsEmpty)
        {
            var slash = path.IndexOf((byte)'/');
            var name = slash < 0 ? path : path[..slash];
            path = slash < 0 ? default : path[(slash + 1)..];
            using var parent = directory;
            error = parent.TryStepInto(name, mount, out directory);
        }

        return error;
    }

    /// <summary>Opens a directory any number of levels down, following no symbolic link and crossing no mount point.</summary>
    public DirectoryHandle OpenBelow(ReadOnlySpan<byte> path)
    {
        var error = TryOpenBelow(path, out var directory);
        return directory ?? throw Failure(error, "open directory", path);
    }

    private Errno TryStepInto(ReadOnlySpan<byte> name, ulong mount, out DirectoryHandle? directory)
    {
        if (name.IsEmpty || name.SequenceEqual(".."u8))
        {
            directory = null;
            return Errno.EINVAL;
        }

        var error = TryOpenDirectory(name, out directory);
        if (directory is not null && directory.GetStatus().MountId != mount)
        {
            directory.Dispose();
            directory = null;
            return Errno.EXDEV;
        }

        return error;
    }
}
