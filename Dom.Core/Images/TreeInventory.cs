using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Core.Images;

/// <summary>Everything an image's tree is made of: its blocks, its objects, its totals. Equal subtrees are read once.</summary>
public sealed class TreeInventory
{
    private readonly IBlockSource _source;
    private readonly HashSet<ObjectId> _blocks = [];
    private readonly HashSet<ObjectReference> _objects = [];
    private readonly Dictionary<ObjectId, Totals> _known = [];
    private readonly CancellationToken _cancellation;

    private TreeInventory(IBlockSource source, CancellationToken cancellation)
    {
        _source = source;
        _cancellation = cancellation;
    }

    /// <summary>Digests of all blocks, the root block and the link table included.</summary>
    public IReadOnlyCollection<ObjectId> Blocks => _blocks;

    /// <summary>All objects.</summary>
    public IReadOnlyCollection<ObjectReference> Objects => _objects;

    /// <summary>Inodes, the root directory included; each name of a file with several names counts.</summary>
    public long Inodes { get; private set; }

    /// <summary>Directories, the root included.</summary>
    public long Directories { get; private set; }

    /// <summary>Regular files.</summary>
    public long Files { get; private set; }

    /// <summary>Bytes of the regular files.</summary>
    public long Bytes { get; private set; }

    /// <summary>True when there are entries that only trees of machines have: opaque, unknown, mount points.</summary>
    public bool HasMachineEntries { get; private set; }

    /// <summary>Reads a tree.</summary>
    /// <exception cref="MissingBlockException">A block is missing.</exception>
    /// <exception cref="CorruptTreeException">A block does not follow the format.</exception>
    public static TreeInventory Read(FileTree tree, CancellationToken cancellationToken)
    {
        var inventory = new TreeInventory(tree.Blocks, cancellationToken);
        var root = TreeRootBlock.Read(inventory.Get(tree.Root));
        var totals = inventory.ReadDirectory(root.Directory.Content, 0);
        inventory.ReadLinks(root.Links, 0);
        inventory.Inodes = totals.Inodes + 1;
        inventory.Directories = totals.Directories + 1;
        inventory.Files = totals.Files;
        inventory.Bytes = totals.Bytes;
        return inventory;
    }

    private Block Get(ObjectId digest)
    {
        _cancellation.ThrowIfCancellationRequested();
        _blocks.Add(digest);
        return _source.Get(digest);
    }

    private Totals ReadDirectory(ObjectId digest, int depth)
    {
        if (_known.TryGetValue(digest, out var totals))
        {
            return totals;
        }

        // Fan-out nodes add a few levels to those of directories.
        if (depth > 2 * TreeFormat.MaxDepth)
        {
            throw new CorruptTreeException($"directory {digest} is nested too deeply");
        }

        var block = Get(digest);
        totals = block.Kind switch
        {
            BlockKind.Directory => ReadEntries(block, depth),
            BlockKind.FanOut => ReadFanOut(block, depth),
            _ => throw new CorruptTreeException($"block {digest} of kind {block.Kind} stands where a directory is expected"),
        };
        _known.Add(digest, totals);
        return totals;
    }

    private Totals ReadEntries(Block block, int depth)
    {
        var totals = new Totals();
        foreach (var entry in DirectoryBlock.Entries(block))
        {
            var inode = entry.ReadInode();
            totals.Inodes++;
            switch (inode.Kind)
            {
                case InodeKind.Directory:
                    totals.Directories++;
                    totals.Add(ReadDirectory(inode.Content, depth + 1));
                    break;
                case InodeKind.Regular:
                    totals.Files++;
                    totals.Bytes = checked(totals.Bytes + (long)inode.Size);
                    if (!inode.Content.IsNone)
                    {
                        _objects.Add(new ObjectReference(inode.Content, (long)inode.Size));
                    }

                    break;
                case InodeKind.Opaque or InodeKind.Unknown or InodeKind.MountPoint:
                    HasMachineEntries = true;
                    break;
                default:
                    break;
            }
        }

        return totals;
    }

    private Totals ReadFanOut(Block block, int depth)
    {
        var totals = new Totals();
        foreach (var child in FanOutBlock.Read(block))
        {
            if (!child.IsNone)
            {
                totals.Add(ReadDirectory(child, depth + 1));
            }
        }

        return totals;
    }

    private void ReadLinks(ObjectId digest, int depth)
    {
        if (digest.IsNone || depth > ObjectId.Size || _blocks.Contains(digest))
        {
            return;
        }

        var block = Get(digest);
        if (block.Kind == BlockKind.FanOut)
        {
            foreach (var child in FanOutBlock.Read(block))
            {
                ReadLinks(child, depth + 1);
            }
        }
    }

    private struct Totals
    {
        public long Inodes;
        public long Directories;
        public long Files;
        public long Bytes;

        public void Add(in Totals other)
        {
            Inodes = checked(Inodes + other.Inodes);
            Directories = checked(Directories + other.Directories);
            Files = checked(Files + other.Files);
            Bytes = checked(Bytes + other.Bytes);
        }
    }
}
