using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

public sealed partial class DirectoryHandle
{
    /// <summary>The key of this directory: it stands for the inode whatever it is called (<c>struct file_handle</c>).</summary>
    /// <returns>EOPNOTSUPP for a file system without.</returns>
    public unsafe Errno TryGetKey(out byte[] key)
    {
        const int headerBytes = 8, mostBytes = 128;
        var buffer = stackalloc byte[headerBytes + mostBytes];
        *(uint*)buffer = mostBytes;
        int mount;
        while (Libc.name_to_handle_at(this, Libc.NoName, buffer, &mount, Libc.EmptyPath) < 0)
        {
            if (!Libc.Interrupted)
            {
                key = [];
                return Libc.LastError;
            }
        }

        key = new ReadOnlySpan<byte>(buffer, headerBytes + (int)*(uint*)buffer).ToArray();
        return Errno.None;
    }

    /// <summary>Holds on to an inode by its key. Needs CAP_DAC_READ_SEARCH.</summary>
    /// <param name="key">A key of an inode on the file system of this directory.</param>
    /// <param name="inode">The inode, when the result is <see cref="Errno.None"/>.</param>
    /// <returns>ESTALE when it is gone.</returns>
    public unsafe Errno TryOpenByKey(ReadOnlySpan<byte> key, out PathHandle? inode)
    {
        fixed (byte* start = &MemoryMarshal.GetReference(key))
        {
            int descriptor;
            while ((descriptor = Libc.open_by_handle_at(this, start, OpenFlags.Path | OpenFlags.CloseOnExec)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    inode = null;
                    return Libc.LastError;
                }
            }

            inode = new PathHandle(descriptor);
            return Errno.None;
        }
    }
}
