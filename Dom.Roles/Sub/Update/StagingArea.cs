using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>The directory in which new inodes are made ready and old directories are taken apart. Names are numbers.</summary>
internal sealed class StagingArea : IDisposable
{
    private const int MaxNameLength = 11;

    private readonly DirectoryHandle _private;

    private StagingArea(DirectoryHandle privateDirectory)
    {
        _private = privateDirectory;
        Directory = privateDirectory.OpenOrMakeDirectory("staging"u8, 0x1c0);
    }

    /// <summary>The directory.</summary>
    public DirectoryHandle Directory { get; }

    /// <summary>Opens the area, making it when it is not there.</summary>
    public static StagingArea Open(DirectoryHandle privateDirectory) => new(privateDirectory);

    /// <summary>The name of a staged inode.</summary>
    public static byte[] NameOf(int number)
    {
        Span<byte> name = stackalloc byte[MaxNameLength];
        Utf8Formatter.TryFormat(number, name, out var length);
        return name[..length].ToArray();
    }

    /// <summary>Removes everything that is left: inodes that were not used, old ones that were replaced.</summary>
    /// <remarks>
    /// A directory that is not empty was moved here, and something appeared in it in the instant between the last look and the move. It is put aside into
    /// <c>kept</c>, under its inode number: nothing that no plan has listed is ever removed.
    /// </remarks>
    public void Clear()
    {
        foreach (var name in ReadNames())
        {
            var status = Directory.GetStatus(name);
            if (status.Kind != FileKind.Directory)
            {
                Directory.Unlink(name);
                continue;
            }

            var error = Directory.TryRemoveDirectory(name);
            if (error == Errno.ENOTEMPTY)
            {
                using var kept = _private.OpenOrMakeDirectory("kept"u8, 0x1c0);
                Directory.Rename(name, kept, Encoding.ASCII.GetBytes(status.Inode.ToString(CultureInfo.InvariantCulture)));
            }
            else if (error != Errno.None)
            {
                throw new LinuxException(error, "remove", $"{Directory.DescribePath()}/{NameText.Escape(name)}");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Dispose();

    private List<byte[]> ReadNames()
    {
        var names = new List<byte[]>();
        var reader = new DirectoryReader();
        reader.Begin(Directory);
        Errno error;
        while (reader.MoveNext(out error))
        {
            names.Add(reader.Name.ToArray());
        }

        return error == Errno.None ? names : throw new LinuxException(error, "list", Directory.DescribePath());
    }
}
