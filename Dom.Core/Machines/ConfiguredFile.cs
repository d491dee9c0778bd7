using System.Text;
using Dom.Core.Linux;

namespace Dom.Core.Machines;

/// <summary>Opens files that an operator named in the configuration.</summary>
public static class ConfiguredFile
{
    /// <summary>Opens the file for reading. Symbolic links are followed: they are what the operator configured.</summary>
    /// <exception cref="LinuxException">It cannot be opened.</exception>
    /// <exception cref="IOException">Its links lead nowhere or in a circle, or it is no regular file: a pipe would read as an empty list.</exception>
    public static FileHandle Open(string path)
    {
        var target = Path.GetFullPath(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(target) ?? "/");
        var file = directory.OpenFile(Encoding.UTF8.GetBytes(Path.GetFileName(target)));
        if (file.GetStatus().Kind == FileKind.Regular)
        {
            return file;
        }

        file.Dispose();
        throw new IOException($"'{path}' is no regular file");
    }

    /// <summary>Called after reading: what is written in place meanwhile can read as part of the old and part of the new.</summary>
    /// <exception cref="IOException">The file is not as it was before it was read; what was read is not to be used.</exception>
    public static void CheckUnchanged(FileHandle file, in FileStatus before, string path)
    {
        // The change time moves also when another file takes the name, which leaves this one whole.
        var now = file.GetStatus();
        if (now.Size != before.Size || now.ModificationTime != before.ModificationTime)
        {
            throw new IOException($"'{path}' was changed while it was read; it is read again");
        }
    }
}
