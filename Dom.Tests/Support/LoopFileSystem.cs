using System.Runtime.InteropServices;
using Dom.Core.Linux;

namespace Dom.Tests.Support;

/// <summary>An ext4 file system in a file, mounted on a directory, whose power can be pulled. Only root can mount it.</summary>
/// <remarks>
/// Its journal is committed by syncs only (<c>commit=</c> is longer than any test): what nobody synced is lost when the power is pulled. Other programs' syncs
/// commit what a sub has not synced, without contents that are still to be written: <see cref="SyncByAnother"/>.
/// </remarks>
public sealed partial class LoopFileSystem : IDisposable
{
    private readonly string _image;
    private bool _mounted;

    private LoopFileSystem(string directory, string image)
    {
        Directory = directory;
        _image = image;
    }

    /// <summary>Where it is mounted.</summary>
    public string Directory { get; }

    /// <summary>Makes a file system and mounts it.</summary>
    /// <param name="directory">An empty directory; the file is made beside it.</param>
    /// <param name="megabytes">Its size.</param>
    /// <param name="options">More options of mkfs.ext4, such as the part that is reserved for root.</param>
    public static LoopFileSystem Mount(string directory, int megabytes = 192, params string[] options)
    {
        var image = directory.TrimEnd('/') + ".ext4";
        using (var file = File.Create(image))
        {
            file.SetLength((long)megabytes << 20);
        }

        Run("mkfs.ext4", ["-q", "-F", "-E", "nodiscard,lazy_itable_init=1", .. options, image]);
        var made = new LoopFileSystem(directory, image);
        made.Mount();
        return made;
    }

    /// <summary>Makes everything durable that was written so far.</summary>
    public void Sync()
    {
        using var root = DirectoryHandle.Open(Directory);
        root.SyncFileSystem();
    }

    /// <summary>Another program syncs a file of its own: the journal is committed, contents of other files are not written.</summary>
    public void SyncByAnother()
    {
        using var file = new FileStream(Path.Combine(Directory, "lost+found", "another"), FileMode.Create);
        file.WriteByte((byte)'x');
        file.Flush(flushToDisk: true);
    }

    /// <summary>Pulls the power (FS_IOC_SHUTDOWN without a log flush): from now on every access fails, and nothing reaches the disk any more.</summary>
    public void PullPower() => PullPower(Directory);

    /// <summary>Pulls the power of whatever file system is mounted there.</summary>
    public static void PullPower(string directory)
    {
        using var root = DirectoryHandle.Open(directory);
        Assert.That(Shutdown(root), Is.Zero, $"FS_IOC_SHUTDOWN of {directory}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>The machine boots again: the kernel replays the journal, <c>e2fsck -fn</c> must find nothing, and the file system is mounted.</summary>
    /// <remarks>Before the replay a check has no meaning: what the journal holds is not where it belongs. No process may use the file system any more.</remarks>
    public void ComeBack()
    {
        Unmount();
        Mount();
        Unmount();
        Run("e2fsck", "-fn", _image);
        Mount();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", "--lazy", Directory);
            _mounted = false;
        }

        File.Delete(_image);
    }

    private void Mount()
    {
        Run("mount", "-t", "ext4", "-o", "loop,commit=900", _image, Directory);
        _mounted = true;
    }

    private void Unmount()
    {
        // A process that was killed a moment ago may still be giving back what it had open.
        Retry("the file system is in use", () => Tool.RunAsync("umount", [Directory]).GetAwaiter().GetResult().ExitCode == 0);
        _mounted = false;

        // A mount namespace that another test made meanwhile has a mount of its own: as long as that lives, the kernel would give us the same file system again, shut down or not.
        Retry("another mount namespace holds the file system", () => !HasLoopDevice());
    }

    private bool HasLoopDevice() => System.IO.Directory.EnumerateDirectories("/sys/block", "loop*").Any(device =>
    {
        try
        {
            return File.ReadAllText(Path.Combine(device, "loop/backing_file")).TrimEnd('\n') == _image;
        }
        catch (Exception e) when (e is IOException)
        {
            // The device has no file, or loses it just now.
            return false;
        }
    });

    private static void Retry(string what, Func<bool> isDone)
    {
        var patience = TimeSpan.FromMinutes(1);
        var started = TimeProvider.System.GetTimestamp();
        while (!isDone())
        {
            Assert.That(TimeProvider.System.GetElapsedTime(started), Is.LessThan(patience), what);
            Thread.Sleep(100);
        }
    }

    private static unsafe int Shutdown(DirectoryHandle directory)
    {
        const nuint shutdown = 0x8004587d;
        uint withoutLogFlush = 2;
        return ioctl(directory, shutdown, &withoutLogFlush);
    }

    private static void Run(string program, params string[] arguments) => Tool.RunOkAsync(program, arguments).GetAwaiter().GetResult();

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial int ioctl(SafeHandle descriptor, nuint request, void* argument);
}
