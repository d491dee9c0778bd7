namespace Dom.Tests.Support;

/// <summary>A ramfs on a directory: the file system that holds no extended attributes at all. Only root can mount it.</summary>
public sealed class RamFileSystem : IDisposable
{
    private readonly string _directory;

    private RamFileSystem(string directory) => _directory = directory;

    /// <summary>Mounts it.</summary>
    public static RamFileSystem Mount(string directory)
    {
        Tool.RunOkAsync("mount", "-t", "ramfs", "ramfs", directory).GetAwaiter().GetResult();
        return new RamFileSystem(directory);
    }

    /// <summary>Unmounts it; what is open in it keeps it until it is closed.</summary>
    public void Dispose() => Tool.RunOkAsync("umount", "--lazy", _directory).GetAwaiter().GetResult();
}
