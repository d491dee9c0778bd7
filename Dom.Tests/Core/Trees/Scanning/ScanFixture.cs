using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Scanning;

/// <summary>A directory, a scanner over it, and the tree as lines of text.</summary>
internal sealed class ScanFixture : IDisposable
{
    private readonly TempDirectory _temp = new();

    public ScanFixture(ScanOptions? options = null)
    {
        Root = DirectoryHandle.Open(_temp.Path);
        Scanner = new TreeScanner(Root, options ?? new ScanOptions());
    }

    public DirectoryHandle Root { get; }

    public TreeScanner Scanner { get; }

    public string Path => _temp.Path;

    public string At(params string[] names) => _temp.Combine(names);

    public string Write(string name, string content) => _temp.WriteFile(name, content);

    public Task<ScanResult> ScanAsync(CancellationToken cancellationToken, MachineTree? previous = null, ScanRequest? request = null) =>
        Scanner.ScanAsync(request ?? new ScanRequest(), previous, cancellationToken);

    public Task<ScanResult> RescanAsync(MachineTree previous, CancellationToken cancellationToken, params string[] paths) =>
        Scanner.RescanAsync(new ScanRequest(), previous, [.. paths.Select(UnixPath.Of)], cancellationToken);

    /// <summary>Every entry on a line: path, kind, metadata and content.</summary>
    public static List<string> List(FileTree tree)
    {
        var lines = new List<string>();
        var root = tree.ReadRoot();
        lines.Add(Describe(UnixPath.Root, root.Directory));
        Walk(tree, root.Directory, UnixPath.Root, lines);
        lines.AddRange(tree.ReadLinks().Groups.Select(g => "link " + string.Join(' ', g.Paths)));
        return lines;
    }

    public static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    public void Dispose()
    {
        Root.Dispose();
        _temp.Dispose();
    }

    private static void Walk(FileTree tree, Inode directory, UnixPath path, List<string> lines)
    {
        foreach (var entry in DirectoryContents.Read(tree.Blocks, directory.Content))
        {
            var inode = entry.ReadInode();
            var below = path.Join(entry.Name.Span);
            lines.Add(Describe(below, inode));
            if (inode.Kind == InodeKind.Directory)
            {
                Walk(tree, inode, below, lines);
            }
        }
    }

    private static string Describe(UnixPath path, in Inode inode) =>
        $"{path} {inode.Kind} {Convert.ToString(inode.Mode, 8)} {inode.Uid}:{inode.Gid} {inode.MtimeSeconds}.{inode.MtimeNanoseconds:d9} {inode.Size} "
        + $"{(inode.Kind == InodeKind.Directory ? "" : inode.Content.IsNone ? "-" : inode.Content.ToString())} {inode.Device} "
        + $"{Convert.ToHexStringLower(inode.Target.Span)} {Convert.ToHexStringLower(inode.Xattrs.Span)} {inode.Errno}";
}
