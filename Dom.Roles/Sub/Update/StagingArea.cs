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

    private static ReadOnlySpan<byte> Tree => "tree-"u8;

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
    public static byte[] NameOfRemoved(ulong inode) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"removed-{inode}"));

    /// <summary>The name under which a directory waits that goes with everything in it.</summary>
    public static byte[] NameOfTree(in FileStatus status) => [.. Tree, .. Encoding.ASCII.GetBytes(status.Inode.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Removes what was staged for a step that is left out.</summary>
    public void Remove(int number)
    {
        var name = NameOf(number);
        if (Directory.TryUnlink(name) is Errno.EISDIR or Errno.EPERM)
        {
            Directory.TryRemoveDirectory(name);
        }
    }

    /// <summary>Removes everything that is left: inodes that were not used, old ones that were replaced.</summary>
    public void Clear() => Clear(Directory, _private);

    /// <summary>
    /// Puts aside the directories that gave way to something else and are not empty, although the steps removed all they listed. To be called while the journal
    /// still tells where they stood.
    /// </summary>
    /// <returns>Where each stood, and where it is now.</returns>
    public IReadOnlyList<StepFault> Keep(IReadOnlyList<SwapStep> steps)
    {
        var kept = new List<StepFault>();
        foreach (var step in steps)
        {
            if (!step.IsMoved || step.MovedPrefix != step.Path.Length)
            {
                continue;
            }

            var name = NameOf(step.Staged);
            if (Directory.TryGetStatus(name, out var status) == Errno.None && step.Old.Matches(status))
            {
                var place = new KeptDirectories(_private).Put(Directory, name, step.Path);
                kept.Add(new StepFault(step.Path, $"something appeared in it just when it gave way; it is kept in .subd/{place}"));
            }
        }

        return kept;
    }

    /// <summary>Puts the whole area aside, to be removed by <see cref="RemoveDiscarded"/> later.</summary>
    public void Discard()
    {
        if (!PutAside(_private, "staging"u8))
        {
            Clear();
        }
    }

    /// <summary>Puts a directory of the private directory aside, to be removed by <see cref="RemoveDiscarded"/> later; false when it cannot be moved or is not there.</summary>
    public static bool PutAside(DirectoryHandle privateDirectory, ReadOnlySpan<byte> name)
    {
        for (var number = 0; ; number++)
        {
            byte[] aside = [.. Discarded, .. NameOf(number)];
            var error = privateDirectory.TryRename(name, privateDirectory, aside, RenameMode.NoReplace);
            if (error != Errno.EEXIST)
            {
                return error == Errno.None;
            }
        }
    }

    /// <summary>Removes what was put aside. It can take long: the blocks of every old file are freed.</summary>
    public static void RemoveDiscarded(DirectoryHandle privateDirectory)
    {
        foreach (var name in privateDirectory.ListNames().Where(static name => name.AsSpan().StartsWith(Discarded)))
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

    /// <summary>Removes what is left. A directory that is not empty is none of this program's making: it is kept.</summary>
    private static void Clear(DirectoryHandle directory, DirectoryHandle privateDirectory)
    {
        foreach (var name in directory.ListNames())
        {
            var status = directory.GetStatus(name);
            if (status.Kind != FileKind.Directory)
            {
                directory.Unlink(name);
                continue;
            }

            if (name.AsSpan().StartsWith(Tree))
            {
                TreeRemoval.Remove(directory, name);
                continue;
            }

            var error = directory.TryRemoveDirectory(name);
            if (error == Errno.ENOTEMPTY)
            {
                new KeptDirectories(privateDirectory).Put(directory, name, default);
            }
            else if (error != Errno.None)
            {
                throw new LinuxException(error, "remove", $"{directory.DescribePath()}/{NameText.Escape(name)}");
            }
        }
    }
}
