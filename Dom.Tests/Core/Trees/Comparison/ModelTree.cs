using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>A small file system in memory: absolute paths to inodes. Parents must be there; the root directory has the path "/".</summary>
public sealed class ModelTree
{
    public ModelTree() => Entries["/"] = ModelInode.Directory();

    public SortedDictionary<string, ModelInode> Entries { get; } = new(StringComparer.Ordinal);

    public ModelTree Dir(string path, uint mode = 0x1ED) => Put(path, ModelInode.Directory(mode));

    public ModelTree File(string path, string content = "x", uint mode = 0x1A4, long mtime = 1000, uint uid = 0) =>
        Put(path, ModelInode.File(content, mode, mtime, uid));

    public ModelTree Put(string path, ModelInode inode)
    {
        Entries.Add(path, inode);
        return this;
    }

    public ModelTree Put(string path, InodeKind kind) => Put(path, new ModelInode { Kind = kind });

    public ModelTree Link(string path, string existing) => Put(path, Entries[existing]);

    /// <summary>Another file system with the same contents and links.</summary>
    public ModelTree Copy()
    {
        var copies = new Dictionary<ModelInode, ModelInode>(ReferenceEqualityComparer.Instance);
        var tree = new ModelTree();
        foreach (var (path, inode) in Entries)
        {
            tree.Entries[path] = copies.TryGetValue(inode, out var copy) ? copy : copies[inode] = inode.Copy();
        }

        return tree;
    }

    public IEnumerable<string> Children(string directory) => Entries.Keys.Where(p => p != "/" && Parent(p) == directory);

    public static string Parent(string path) => path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "/";

    /// <summary>The tree a scanner would make: what the opaque filter matches is not looked into.</summary>
    public FileTree ToFileTree(PathFilter? opaque = null)
    {
        var blocks = new MemoryBlocks();
        var seen = new List<string>();
        var directory = Write("/", opaque ?? PathFilter.Empty, blocks, seen);
        var groups = seen.GroupBy(p => Entries[p], (IEqualityComparer<ModelInode>)ReferenceEqualityComparer.Instance)
            .Where(g => g.Key.Kind != InodeKind.Directory && g.Count() > 1)
            .Select(g => new LinkGroup(g.Select(UnixPath.Of)));
        var root = TreeRootBlock.Write(new TreeRoot(TreeFormat.Version, Entries["/"].ToInode(directory), new LinkTable(groups).Write(blocks.Add)));
        blocks.Add(root);
        return new FileTree(root.Digest, blocks);
    }

    /// <summary>The names of a file, those a scan does not see included: what stat calls nlink.</summary>
    public int CountNames(UnixPath path) => Entries.Values.Count(i => ReferenceEquals(i, Entries[path.ToString()]));

    /// <summary>All entries as lines; names of one file carry the same number.</summary>
    public IReadOnlyList<string> Lines(Func<string, bool>? choose = null)
    {
        var numbers = new Dictionary<ModelInode, string>(ReferenceEqualityComparer.Instance);
        var lines = new List<string>();
        foreach (var (path, inode) in Entries.Where(e => choose?.Invoke(e.Key) ?? true))
        {
            lines.Add($"{path} {inode} #{(numbers.TryGetValue(inode, out var number) ? number : numbers[inode] = path)}");
        }

        return lines;
    }

    private Dom.Core.Objects.ObjectId Write(string directory, PathFilter opaque, MemoryBlocks blocks, List<string> seen)
    {
        var entries = new List<(byte[] Name, Inode Inode)>();
        foreach (var path in Children(directory))
        {
            var name = Encoding.UTF8.GetBytes(path[(path.LastIndexOf('/') + 1)..]);
            var inode = Entries[path];
            if (opaque.Matches(Encoding.UTF8.GetBytes(path)))
            {
                entries.Add((name, new Inode { Kind = InodeKind.Opaque }));
                continue;
            }

            seen.Add(path);
            entries.Add((name, inode.ToInode(inode.Kind == InodeKind.Directory ? Write(path, opaque, blocks, seen) : default)));
        }

        var builder = new DirectoryBuilder(blocks.Add);
        foreach (var (name, inode) in entries.OrderBy(e => Convert.ToHexString(e.Name), StringComparer.Ordinal))
        {
            builder.Add(name, inode);
        }

        return builder.Finish();
    }
}
