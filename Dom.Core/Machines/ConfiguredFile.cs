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
}
