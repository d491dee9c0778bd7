using System.Globalization;

namespace Dom.Tests.Support;

/// <summary>A file system in a file, mounted on a directory through a loop device. Only root can mount it.</summary>
public sealed class DiskImage : IDisposable
{
    private readonly string _image;
    private readonly string _directory;

    private DiskImage(string image, string directory) => (_image, _directory) = (image, directory);

    /// <summary>Makes and mounts one of so many mebibytes: ext4, or one whose mkfs is named.</summary>
    public static async Task<DiskImage> MountAsync(string image, string directory, int megabytes, params string[] make)
    {
        await using (var file = File.Create(image))
        {
            file.SetLength((long)megabytes << 20);
        }

        make = make.Length > 0 ? make : ["mkfs.ext4", "-q", "-F"];
        await Tool.RunOkAsync(make[0], [.. make[1..], image]);
        await Tool.RunOkAsync("mount", "-o", "loop", image, directory);
        return new DiskImage(image, directory);
    }

    /// <summary>Changes bytes of a file on the disk, below the file system: neither its status nor what is in memory of it tells.</summary>
    public async Task CorruptAsync(string path)
    {
        await Tool.RunOkAsync("sync", "-f", _directory);
        var block = (await Tool.RunOkAsync("debugfs", "-R", $"bmap {path} 0", _image)).Output.Trim();
        Assert.That(long.Parse(block, CultureInfo.InvariantCulture), Is.GreaterThan(0), "the block on the disk");
        await Tool.RunOkAsync("debugfs", "-w", "-R", $"zap_block -o 100 -l 50 -p 0x5a {block}", _image);
    }

    /// <summary>Unmounts it; what is open in it keeps it until it is closed.</summary>
    public void Dispose() => Tool.RunOkAsync("umount", "--lazy", _directory).GetAwaiter().GetResult();
}
