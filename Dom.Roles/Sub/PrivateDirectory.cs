using System.Text;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Scanning;
using Dom.Roles.Sub.Update;

namespace Dom.Roles.Sub;

/// <summary>The directory <c>.subd</c> below the managed root: objects, trees of images, staging, journal, marks. Nobody but the sub may enter it.</summary>
internal sealed class PrivateDirectory : IAsyncDisposable
{
    private const uint Mode = 0x1c0; // 0700

    private PrivateDirectory(DirectoryHandle root, UnixPath rootPath, bool isView, DateTimeOffset keepPartialsSince)
    {
        Mounts = new MountPoints(isView ? () => MountTable.Read(rootPath) : null);
        Root = root;
        RootPath = rootPath;
        Directory = root.OpenOrMakeDirectory(".subd"u8, Mode);
        Directory.SetMode(Mode);
        if (Directory.GetStatus().MountId != root.GetStatus().MountId)
        {
            throw new IOException($"'{root.DescribePath()}/.subd' is a file system of its own; files can be renamed into place only within one: unmount it");
        }

        Trees = FileObjectStore.Open(Directory.OpenOrMakeDirectory("trees"u8, Mode), keepPartialsSince);
        Objects = FileObjectStore.Open(Directory.OpenOrMakeDirectory("objects"u8, Mode), keepPartialsSince);
        using var probe = Directory.OpenOrMakeDirectory("probe"u8, Mode);
        Abilities = FileSystemProbe.Probe(probe);
    }

    /// <summary>The managed root.</summary>
    public DirectoryHandle Root { get; }

    /// <summary>The managed root as the mount table names it.</summary>
    public UnixPath RootPath { get; }

    /// <summary>What is mounted below the root without being seen in it.</summary>
    public MountPoints Mounts { get; }

    /// <summary>The directory itself.</summary>
    public DirectoryHandle Directory { get; }

    /// <summary>What the file system can hold, found by trying: image and machine are compared in that, and that only is set (rule 6).</summary>
    public FileSystemAbilities Abilities { get; }

    /// <summary>Contents fetched, pushed or copied from the tree.</summary>
    public FileObjectStore Objects { get; }

    /// <summary>Manifests and blocks of images.</summary>
    public FileObjectStore Trees { get; }

    /// <summary>Opens the private directory of a root, making it at the first time.</summary>
    /// <param name="root">The managed root. The machine's own root is opened as a view without the file systems mounted below it.</param>
    /// <param name="keepPartialsSince">Unfinished objects older than this are dropped.</param>
    /// <exception cref="IOException">The root is not there, or another sub uses it.</exception>
    public static PrivateDirectory Open(string root, DateTimeOffset keepPartialsSince)
    {
        var path = Path.GetFullPath(root);
        var handle = DirectoryHandle.Open(path);
        DirectoryHandle? view = null;
        if (path == "/" && handle.TryOpenView(out view) == Errno.None)
        {
            handle.Dispose();
            handle = view!;
        }

        try
        {
            return new PrivateDirectory(handle, new UnixPath(Encoding.UTF8.GetBytes(path)), view is not null, keepPartialsSince);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Objects.DisposeAsync();
        await Trees.DisposeAsync();
        Directory.Dispose();
        Root.Dispose();
    }
}
