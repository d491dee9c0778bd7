using System.Text;
using Dom.Core.Images;
using Dom.Core.Images.Packages;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;

namespace Dom.Cli.Commands;

/// <summary>One side of a comparison: an image, or a directory of this machine.</summary>
internal sealed class ImageSide
{
    private readonly Func<ObjectReference, UnixPath, CancellationToken, Task<byte[]>> _read;

    private ImageSide(string name, FileTree tree, Manifest? manifest, Func<ObjectReference, UnixPath, CancellationToken, Task<byte[]>> read) =>
        (Name, Tree, Manifest, _read) = (name, tree, manifest, read);

    /// <summary>What it is called.</summary>
    public string Name { get; }

    /// <summary>Its tree.</summary>
    public FileTree Tree { get; }

    /// <summary>Its manifest; null for a directory.</summary>
    public Manifest? Manifest { get; }

    /// <summary>True for an argument that names a directory: image names begin with neither <c>/</c> nor <c>.</c></summary>
    public static bool IsDirectory(string text) => text.StartsWith('/') || text.StartsWith("./", StringComparison.Ordinal) || text is "." or "..";

    /// <summary>Reads an image.</summary>
    public static async Task<ImageSide> OfImageAsync(CommandRun run, ImageName name, CancellationToken cancellationToken)
    {
        var source = ImageCommand.Source(run);
        var image = await DownloadedImage.ReadTreeAsync(source, name, cancellationToken);
        return new ImageSide(name.ToString(), image.Tree, image.Manifest, async (reference, _, token) =>
        {
            using var content = new MemoryStream();
            await new ObjectFeed(source, run.Time).CopyAsync(reference, content, token);
            return content.ToArray();
        });
    }

    /// <summary>Scans a directory under the filter of what it is compared with.</summary>
    public static async Task<ImageSide> OfDirectoryAsync(CommandRun run, string path, PathFilter filter, CancellationToken cancellationToken)
    {
        using var root = DirectoryHandle.Open(path);
        var scope = new ScanScope(exclusions: null, filter.IsEmpty ? null : [filter]);
        var scanner = new TreeScanner(root, new ScanOptions { Time = run.Time });
        var scanned = await scanner.ScanAsync(new ScanRequest { Scope = scope, Mode = ScanMode.Sweep }, null, cancellationToken);
        var tree = ImageTree.Of(scanned.Tree.Tree, owner: null, cancellationToken);
        foreach (var (left, reason) in tree.LeftOut)
        {
            run.Output.Note($"not compared: {left}: {reason}");
        }

        return new ImageSide(path, tree.Tree, null, (_, file, token) => File.ReadAllBytesAsync(path.TrimEnd('/') + file, token));
    }

    /// <summary>The packages it says it has; those of the other are not read when both have the same list.</summary>
    public async Task<IReadOnlyList<InstalledPackage>> ReadPackagesAsync(ImageSide other, CancellationToken cancellationToken)
    {
        foreach (var path in PackageDatabase.Paths)
        {
            var inode = Tree.Find(path);
            if (inode is { Kind: InodeKind.Regular, Size: > 0 and <= PackageDatabase.MaxBytes } && inode.Content != other.Tree.Find(path).Content)
            {
                var bytes = await _read(new ObjectReference(inode.Content, (long)inode.Size), path, cancellationToken);
                return PackageDatabase.Read(path, Encoding.UTF8.GetString(bytes));
            }
        }

        return [];
    }
}
