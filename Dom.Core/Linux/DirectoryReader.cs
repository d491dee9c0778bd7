using System.Runtime.InteropServices;

namespace Dom.Core.Linux;

/// <summary>Reads the entries of directories, one directory after another through the same buffer. Not thread-safe.</summary>
public sealed unsafe class DirectoryReader
{
    // struct linux_dirent64: inode 8, offset 8, record length 2, type 1, name with zero byte.
    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(64 * 1024);
    private DirectoryHandle? _directory;
    private int _filled;
    private int _next;
    private int _current;
    private int _nameLength;

    /// <summary>The name of the current entry, valid until the next <see cref="MoveNext"/>.</summary>
    public ReadOnlySpan<byte> Name => _buffer.AsSpan(_current + NameOffset, _nameLength);

    /// <summary>What the current entry is, or <see cref="FileKind.Unknown"/> where the file system does not say.</summary>
    public FileKind Kind => (FileKind)_buffer[_current + TypeOffset];

    /// <summary>The inode number in the current entry; for a mount point that of the directory below.</summary>
    public ulong Inode => MemoryMarshal.Read<ulong>(_buffer.AsSpan(_current));

    /// <summary>Starts at the first entry of a directory.</summary>
    public void Begin(DirectoryHandle directory)
    {
        _directory = directory;
        _filled = 0;
        _next = 0;
        _ = Libc.lseek(directory, 0, 0);
    }

    /// <summary>Goes to the next entry, skipping <c>.</c> and <c>..</c>.</summary>
    /// <returns>False at the end, and when reading failed: then <paramref name="error"/> says why.</returns>
    public bool MoveNext(out Errno error)
    {
        error = Errno.None;
        while (true)
        {
            if (_next >= _filled && !Fill(out error))
            {
                return false;
            }

            _current = _next;
            _next += MemoryMarshal.Read<ushort>(_buffer.AsSpan(_current + LengthOffset));
            _nameLength = _buffer.AsSpan(_current + NameOffset, _next - _current - NameOffset).IndexOf((byte)0);
            if (!Name.SequenceEqual("."u8) && !Name.SequenceEqual(".."u8))
            {
                return true;
            }
        }
    }

    private bool Fill(out Errno error)
    {
        error = Errno.None;
        var directory = _directory ?? throw new InvalidOperationException("Begin was not called");
        fixed (byte* buffer = _buffer)
        {
            nint read;
            while ((read = Libc.getdents64(directory, buffer, (nuint)_buffer.Length)) < 0)
            {
                if (!Libc.Interrupted)
                {
                    error = Libc.LastError;
                    return false;
                }
            }

            _filled = (int)read;
            _next = 0;
            return read > 0;
        }
    }
}
