using Dom.Core.Archives;
using Dom.Core.Images;
using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Editing;
using Dom.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Archives;

/// <summary>Directories, the archives GNU tar makes of them, and the trees of both.</summary>
internal static class TarSample
{
    /// <summary>The tree of a directory as an image has it.</summary>
    public static async Task<FileTree> ScanAsync(string directory, CancellationToken token)
    {
        using var root = DirectoryHandle.Open(directory);
        var scanner = new TreeScanner(root, new ScanOptions { Time = TimeProvider.System });
        var scanned = await scanner.ScanAsync(new ScanRequest { Scope = ScanScope.Everything, Mode = ScanMode.Sweep }, null, token);
        return ImageTree.Of(scanned.Tree.Tree, null, token).Tree;
    }

    /// <summary>The tree of an archive in a file, read where it stands when <paramref name="inPlace"/>, else copied.</summary>
    public static async Task<FileTree> ReadAsync(string archive, CancellationToken token, bool inPlace = false)
    {
        await using var file = File.OpenRead(archive);
        using var places = inPlace ? ArchiveContents.InArchive(Open(archive)) : null;
        return await ReadAsync(file, token, places);
    }

    /// <summary>The tree of an archive.</summary>
    public static async Task<FileTree> ReadAsync(Stream archive, CancellationToken token, ArchiveContents? contents = null, TarLimits? limits = null)
    {
        var places = contents ?? ArchiveContents.Copied(Path.GetTempPath());
        using var own = contents is null ? places : null;
        var tree = new EditableTree((limits ?? TarLimits.Default).MaxTreeBytes);
        var (stream, _) = await ArchiveStream.OpenAsync(archive, token);
        await using (stream)
        {
            await new TarTreeReader(new TarReader(stream, limits), places, tree).ReadAsync(null, token);
        }

        return tree.Write(token);
    }

    /// <summary>Runs GNU tar in a directory and returns the archive it made.</summary>
    public static async Task<string> MakeAsync(string directory, string archive, params string[] arguments)
    {
        await Tool.RunOkAsync("tar", ["-C", directory, .. arguments, "-cf", archive, "."]);
        return archive;
    }

    /// <summary>Opens a file.</summary>
    public static FileHandle Open(string path)
    {
        using var directory = DirectoryHandle.Open(Path.GetDirectoryName(path)!);
        return directory.OpenFile(System.Text.Encoding.UTF8.GetBytes(Path.GetFileName(path)));
    }

    /// <summary>Paths and facts of a tree, one a line, to be read when two trees differ.</summary>
    public static IReadOnlyList<string> Describe(FileTree tree)
    {
        var lines = new List<string>();
        var root = tree.ReadRoot();
        Describe(tree, UnixPath.Root, root.Directory, lines);
        lines.AddRange(tree.ReadLinks().Groups.Select(g => "links " + string.Join(" ", g.Paths)));
        return lines;
    }

    private static void Describe(FileTree tree, UnixPath path, Inode inode, List<string> lines)
    {
        var attributes = new ExtendedAttributes(inode.Xattrs).Read().Select(a => $"{NameText.Escape(a.Key.Span)}={Convert.ToHexStringLower(a.Value.Span)}");
        lines.Add($"{path} {inode.Kind} {Convert.ToString(inode.Mode, 8)} {inode.Uid}:{inode.Gid} {inode.MtimeSeconds}.{inode.MtimeNanoseconds:d9} {inode.Size} "
            + $"{(inode.Kind == InodeKind.Regular ? inode.Content.ToShortString() : "")} {NameText.Escape(inode.Target.Span)} {inode.Device} {string.Join(",", attributes)}");
        if (inode.Kind == InodeKind.Directory)
        {
            foreach (var entry in DirectoryContents.Read(tree.Blocks, inode.Content))
            {
                Describe(tree, path.Join(entry.Name.Span), entry.ReadInode(), lines);
            }
        }
    }
}
