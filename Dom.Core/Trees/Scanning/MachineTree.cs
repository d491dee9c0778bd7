using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>One snapshot of a machine's files: the tree, and beside it what only this machine knows. Immutable; successive snapshots share what is equal.</summary>
public sealed class MachineTree
{
    private MachineTree(MachineDirectory directory, Inode inode, EntryFacts facts, BlockTable table)
    {
        Directory = directory;
        Facts = facts;
        Table = table.IsStale ? Renew(directory, new BlockTable()) : table;
        var links = LinkCollector.Collect(directory).Write(block => Table.Keep(block));
        var root = TreeRootBlock.Write(new TreeRoot(TreeFormat.Version, inode, links));
        Tree = new FileTree(Table.Keep(root).Digest, Table);
    }

    /// <summary>The tree as blocks.</summary>
    public FileTree Tree { get; }

    /// <summary>What it holds.</summary>
    public MachineCounts Counts => Directory.Counts;

    /// <summary>Facts of the root directory.</summary>
    public EntryFacts Facts { get; }

    internal MachineDirectory Directory { get; }

    internal BlockTable Table { get; }

    /// <summary>Facts of the entry at an absolute path; false when there is none, or it was not looked at.</summary>
    public bool TryGetFacts(UnixPath path, out EntryFacts facts)
    {
        facts = Facts;
        if (TryFind(path, out var entry))
        {
            facts = entry.Facts;
        }
        else if (path.Span.Trim((byte)'/').Length > 0)
        {
            facts = default;
        }

        return facts.Inode != 0;
    }

    /// <summary>All names of some inodes (device and number); found in memory.</summary>
    public IReadOnlyCollection<UnixPath> FindNames(IEnumerable<FileStatus> inodes) => LinkedNames.Find(Directory, inodes.Select(static status => FileId.Of(status)).ToHashSet());

    /// <summary>The entry at an absolute path; false when there is none, and for the root.</summary>
    internal bool TryFind(UnixPath path, out MachineEntry entry)
    {
        entry = default;
        MachineDirectory? directory = Directory;
        foreach (var range in path.Span.Split((byte)'/'))
        {
            var name = path.Span[range];
            if (name.IsEmpty)
            {
                continue;
            }

            if (directory is null || !directory.TryFind(name, out entry))
            {
                entry = default;
                return false;
            }

            directory = entry.Directory;
        }

        return !entry.IsNone;
    }

    /// <summary>The entries that could not be read, in the order of their paths, at most so many. <see cref="MachineCounts.Unknown"/> counts them all.</summary>
    public IReadOnlyList<UnreadablePath> ListUnreadable(int atMost = 1000)
    {
        var found = new List<UnreadablePath>();
        Search(Directory, UnixPath.Root);
        return found;

        void Search(MachineDirectory directory, UnixPath path)
        {
            foreach (var entry in directory.EntriesWhere(static counts => counts.Unknown > 0))
            {
                if (found.Count >= atMost)
                {
                    return;
                }

                if (entry.Kind == InodeKind.Unknown)
                {
                    found.Add(new UnreadablePath(path.Join(entry.Name), (Errno)entry.ReadInode().Errno));
                }
                else if (entry.Directory is { Counts.Unknown: > 0 } below)
                {
                    Search(below, path.Join(entry.Name));
                }
            }
        }
    }

    /// <summary>The files whose content has not been read yet, in the order of their paths, at most so many. <see cref="MachineCounts.Unread"/> counts them all.</summary>
    public IReadOnlyList<UnreadFile> ListUnread(int atMost)
    {
        var found = new List<UnreadFile>();
        Search(Directory, UnixPath.Root);
        return found;

        void Search(MachineDirectory directory, UnixPath path)
        {
            foreach (var entry in directory.EntriesWhere(static counts => counts.Unread > 0))
            {
                if (found.Count >= atMost)
                {
                    return;
                }

                if (entry.Directory is { Counts.Unread: > 0 } below)
                {
                    Search(below, path.Join(entry.Name));
                }
                else if (entry.Kind == InodeKind.Regular && entry.ReadInode() is { IsUnread: true, Size: var size })
                {
                    found.Add(new UnreadFile(path.Join(entry.Name), (long)size, entry.Facts));
                }
            }
        }
    }

    /// <summary>Makes a snapshot; the previous one when it is the same.</summary>
    internal static MachineTree Create(MachineDirectory directory, Inode inode, EntryFacts facts, BlockTable table, MachineTree? previous)
    {
        if (previous is not null && ReferenceEquals(previous.Directory, directory) && previous.Facts == facts)
        {
            var old = previous.Tree.ReadRoot().Directory;
            if (old.SameMetadata(inode) && old.Content == inode.Content)
            {
                return previous;
            }
        }

        var tree = new MachineTree(directory, inode, facts, table);
        if (previous is null)
        {
            tree.Table.MarkStart();
        }

        return tree;
    }

    private static BlockTable Renew(MachineDirectory directory, BlockTable table)
    {
        Keep(directory.Content);
        table.MarkStart();
        return table;

        void Keep(MachinePart part)
        {
            table.Keep(part.Block);
            foreach (var child in part.Parts ?? [])
            {
                if (child is not null)
                {
                    Keep(child);
                }
            }

            foreach (var below in part.Directories)
            {
                Keep(below.Content);
            }
        }
    }
}
