namespace Dom.Tests.Support;

/// <summary>A file system in memory on a directory. Only root can mount it.</summary>
public sealed class RamFileSystem : IDisposable
{
    private readonly string _directory;

    private RamFileSystem(string directory, params string[] arguments)
    {
        _directory = directory;
        Tool.RunOkAsync("mount", [.. arguments, "none", directory]).GetAwaiter().GetResult();
    }

    /// <summary>Mounts a ramfs: it holds no extended attributes at all, and has no size.</summary>
    public static RamFileSystem Mount(string directory) => new(directory, "-t", "ramfs");

    /// <summary>Mounts a tmpfs of a size.</summary>
    public static RamFileSystem MountSmall(string directory, int megabytes) => new(directory, "-t", "tmpfs", "-o", $"size={megabytes}m");

    /// <summary>Unmounts it; what is open in it keeps it until it is closed.</summary>
    public void Dispose() => Tool.RunOkAsync("umount", "--lazy", _directory).GetAwaiter().GetResult();
}
