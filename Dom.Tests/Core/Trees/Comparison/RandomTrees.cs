using Dom.Core.Trees;

namespace Dom.Tests.Core.Trees.Comparison;

/// <summary>Makes random trees and random changes of them: few names and contents, so that everything meets everything.</summary>
public sealed class RandomTrees(Random random)
{
    private static readonly string[] Names = ["a", "b", "c", "d.so", "etc", "é", "lib"];

    private static readonly InodeKind[] Kinds =
    [
        InodeKind.Regular, InodeKind.Regular, InodeKind.Regular, InodeKind.Directory, InodeKind.Directory, InodeKind.Directory,
        InodeKind.Symlink, InodeKind.Fifo, InodeKind.CharacterDevice, InodeKind.BlockDevice,
    ];

    public ModelTree Tree(int entries)
    {
        var tree = new ModelTree();
        for (var i = 0; i < entries; i++)
        {
            Grow(tree);
        }

        return tree;
    }

    /// <summary>A copy with some random changes.</summary>
    public ModelTree Changed(ModelTree original, int changes)
    {
        var tree = original.Copy();
        for (var i = 0; i < changes; i++)
        {
            var path = Pick(tree, _ => true);
            switch (random.Next(5))
            {
                case 0:
                    Grow(tree);
                    break;
                case 1 when path != "/":
                    Drop(tree, path);
                    break;
                case 2:
                    ChangeMetadata(tree.Entries[path]);
                    break;
                case 3 when path != "/":
                    Drop(tree, path);
                    tree.Put(path, Inode());
                    break;
                default:
                    Relink(tree);
                    break;
            }
        }

        return tree;
    }

    public string Pick(ModelTree tree, Func<ModelInode, bool> choose)
    {
        var paths = tree.Entries.Where(e => choose(e.Value)).Select(e => e.Key).ToList();
        return paths[random.Next(paths.Count)];
    }

    public static void Drop(ModelTree tree, string path)
    {
        foreach (var below in tree.Entries.Keys.Where(p => p == path || p.StartsWith(path + "/", StringComparison.Ordinal)).ToList())
        {
            tree.Entries.Remove(below);
        }
    }

    private void Grow(ModelTree tree)
    {
        var parent = Pick(tree, i => i.Kind == InodeKind.Directory);
        var path = (parent == "/" ? "/" : parent + "/") + Names[random.Next(Names.Length)];
        if (!tree.Entries.ContainsKey(path) && path.Count(c => c == '/') <= 4)
        {
            var files = tree.Entries.Where(e => e.Value.Kind != InodeKind.Directory).ToList();
            tree.Put(path, files.Count > 0 && random.Next(4) == 0 ? files[random.Next(files.Count)].Value : Inode());
        }
    }

    private void Relink(ModelTree tree)
    {
        var files = tree.Entries.Where(e => e.Value.Kind != InodeKind.Directory).ToList();
        if (files.Count == 0)
        {
            return;
        }

        var (path, inode) = files[random.Next(files.Count)];
        tree.Entries[path] = random.Next(2) == 0 ? inode.Copy() : files[random.Next(files.Count)].Value;
    }

    private ModelInode Inode()
    {
        var inode = new ModelInode { Kind = Kinds[random.Next(Kinds.Length)] };
        if (inode.Kind == InodeKind.Symlink)
        {
            inode.Mode = 0x1FF;
        }

        inode.Content = inode.Kind is InodeKind.Regular or InodeKind.Symlink ? $"content {random.Next(3)}" : "";
        inode.Device = inode.Kind is InodeKind.CharacterDevice or InodeKind.BlockDevice ? 0x103 + (ulong)random.Next(3) : 0;
        ChangeMetadata(inode);
        return inode;
    }

    private void ChangeMetadata(ModelInode inode)
    {
        switch (random.Next(5))
        {
            case 0:
                inode.Uid = (uint)random.Next(2);
                break;
            case 1 when inode.Kind != InodeKind.Symlink:
                inode.Mode = 0x180u + (uint)random.Next(2);
                break;
            case 2:
                inode.Mtime = 1000 + random.Next(2);
                break;
            case 3:
                // {"user.a": "1"} or {"trusted.a": "1"} in canonical form; Linux takes user attributes for files and directories only.
                var onFile = inode.Kind is InodeKind.Regular or InodeKind.Directory;
                inode.Xattrs = random.Next(2) == 0 ? [] : onFile ? [0x81, 0xC4, 6, .. "user.a"u8, 0xC4, 1, (byte)'1'] : [0x81, 0xC4, 9, .. "trusted.a"u8, 0xC4, 1, (byte)'1'];
                break;
            default:
                break;
        }
    }
}
