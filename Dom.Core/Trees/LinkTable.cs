using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>Which paths of a tree are names of one file. Only files with at least two names stand in it.</summary>
public sealed class LinkTable
{
    private readonly Dictionary<UnixPath, LinkGroup> _byPath = [];

    /// <summary>A table of groups in any order. No path may be in two groups.</summary>
    public LinkTable(IEnumerable<LinkGroup> groups)
    {
        Groups = [.. groups.OrderBy(static g => g.Paths[0])];
        foreach (var group in Groups)
        {
            foreach (var path in group.Paths)
            {
                if (!_byPath.TryAdd(path, group))
                {
                    throw new CorruptTreeException($"the path '{path}' is in two groups of hard links");
                }
            }
        }
    }

    /// <summary>A table without groups.</summary>
    public static LinkTable Empty { get; } = new([]);

    /// <summary>The groups, sorted by their first paths.</summary>
    public IReadOnlyList<LinkGroup> Groups { get; }

    /// <summary>The group of a path; null when the file has no other name.</summary>
    public LinkGroup? Find(UnixPath path) => _byPath.GetValueOrDefault(path);

    /// <summary>Reads the table of a tree.</summary>
    /// <param name="blocks">Where its blocks are.</param>
    /// <param name="links"><see cref="TreeRoot.Links"/>; none gives <see cref="Empty"/>.</param>
    public static LinkTable Read(IBlockSource blocks, ObjectId links)
    {
        if (links.IsNone)
        {
            return Empty;
        }

        var groups = new Dictionary<UnixPath, List<UnixPath>>();
        foreach (var leaf in NodeLeaves.Of(blocks, links, CancellationToken.None))
        {
            Collect(leaf, groups);
        }

        return new LinkTable(groups.Select(static g => new LinkGroup([g.Key, .. g.Value])));
    }

    /// <summary>Writes the table's blocks.</summary>
    /// <returns>What goes into <see cref="TreeRoot.Links"/>; none for an empty table.</returns>
    public ObjectId Write(Action<Block> sink)
    {
        var records = new List<(ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Leader)>();
        foreach (var group in Groups)
        {
            for (var i = 1; i < group.Paths.Count; i++)
            {
                records.Add((group.Paths[i].Bytes, group.Paths[0].Bytes));
            }
        }

        records.Sort(static (a, b) => a.Path.Span.SequenceCompareTo(b.Path.Span));
        return records.Count == 0 ? default : Write(records, 0, sink);
    }

    private static ObjectId Write(List<(ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Leader)> records, int depth, Action<Block> sink)
    {
        Block block;
        if (records.Count <= TreeFormat.MaxEntriesPerBlock && (block = LinkBlock.Write(records)).Bytes.Length <= TreeFormat.MaxBlockBytes)
        {
            sink(block);
            return block.Digest;
        }

        var parts = new List<(ReadOnlyMemory<byte> Path, ReadOnlyMemory<byte> Leader)>?[TreeFormat.FanOut];
        foreach (var record in records)
        {
            (parts[FanOutBlock.ChildOf(record.Path.Span, depth)] ??= []).Add(record);
        }

        var children = new ObjectId[TreeFormat.FanOut];
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i] is { } part)
            {
                children[i] = Write(part, depth + 1, sink);
            }
        }

        block = FanOutBlock.Write(children);
        sink(block);
        return block.Digest;
    }

    private static void Collect(Block leaf, Dictionary<UnixPath, List<UnixPath>> groups)
    {
        foreach (var (path, leader) in LinkBlock.Read(leaf))
        {
            var key = new UnixPath(leader);
            if (!groups.TryGetValue(key, out var others))
            {
                groups.Add(key, others = []);
            }

            others.Add(new UnixPath(path));
        }
    }
}
