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

    private static ReadOnlySpan<byte> Discarded => "discarded-"u8;

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

    /// <summary>The name under which a removed file waits for its blocks to be freed.</summary>
    public static byte[] NameOfRemoved(in FileStatus status) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"removed-{status.Inode}"));

    /// <summary>Removes everything that is left: inodes that were not used, old ones that were replaced.</summary>
    public void Clear() => Clear(Directory, _private);

    /// <summary>Puts the whole area aside, to be removed by <see cref="RemoveDiscarded"/> later.</summary>
    public void Discard()
    {
        for (var number = 0; ; number++)
        {
            byte[] aside = [.. Discarded, .. NameOf(number)];
            var error = _private.TryRename("staging"u8, _private, aside, RenameMode.NoReplace);
            if (error == Errno.None)
            {
                return;
            }

            if (error != Errno.EEXIST)
            {
                Clear();
                return;
            }
        }
    }

    /// <summary>Removes what was put aside. It can take long: the blocks of every old file are freed.</summary>
    public static void RemoveDiscarded(DirectoryHandle privateDirectory)
    {
        foreach (var name in ReadNames(privateDirectory).Where(static name => name.AsSpan().StartsWith(Discarded)))
        {
            using (var discarded = privateDirectory.OpenDirectory(name))
            {
                Clear(discarded, privateDirectory);
            }

            privateDirectory.RemoveDirectory(name);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Dispose();

    /// <summary>
    /// A directory that is not empty was moved here, and something appeared in it in the instant between the last look and the move. It is put aside into
    /// <c>kept</c>, under its inode number: nothing that no plan has listed is ever removed.
    /// </summary>
    private static void Clear(DirectoryHandle directory, DirectoryHandle privateDirectory)
    {
        foreach (var name in ReadNames(directory))
        {
            var status = directory.GetStatus(name);
            if (status.Kind != FileKind.Directory)
            {
                directory.Unlink(name);
                continue;
            }

            var error = directory.TryRemoveDirectory(name);
            if (error == Errno.ENOTEMPTY)
            {
                using var kept = privateDirectory.OpenOrMakeDirectory("kept"u8, 0x1c0);
                directory.Rename(name, kept, Encoding.ASCII.GetBytes(status.Inode.ToString(CultureInfo.InvariantCulture)));
            }
            else if (error != Errno.None)
            {
                throw new LinuxException(error, "remove", $"{directory.DescribePath()}/{NameText.Escape(name)}");
            }
        }
    }

    private static List<byte[]> ReadNames(DirectoryHandle directory)
    {
        var names = new List<byte[]>();
        var reader = new DirectoryReader();
        reader.Begin(directory);
        Errno error;
        while (reader.MoveNext(out error))
        {
            names.Add(reader.Name.ToArray());
        }

        return error == Errno.None ? names : throw new LinuxException(error, "list", directory.DescribePath());
    }
}
