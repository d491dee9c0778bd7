using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Paths to read again, as a tree of names.</summary>
internal sealed class RescanNode
{
    private readonly SortedDictionary<UnixPath, RescanNode> _below = [];

    /// <summary>True when everything from here down is to be read again.</summary>
    internal bool IsWhole { get; private set; }

    /// <summary>True when only the status of what is named is looked at, as in a sweep: contents are read where it says that they changed.</summary>
    internal bool IsLook { get; private init; }

    /// <summary>Of a look: a directory is looked at with everything below it.</summary>
    internal bool IsDeep { get; private set; }

    /// <summary>True when nothing below is asked for.</summary>
    internal bool IsLeaf => _below.Count == 0;

    /// <summary>Names to look at, in order.</summary>
    internal IEnumerable<KeyValuePair<UnixPath, RescanNode>> Below => _below;

    /// <summary>What is asked for below a name; null for nothing in particular.</summary>
    internal RescanNode? Find(ReadOnlySpan<byte> name) =>
        _below.Count == 0 ? null : _below.GetValueOrDefault(new UnixPath(name.ToArray()));

    /// <summary>Paths to read again whatever their status says.</summary>
    internal static RescanNode Of(IEnumerable<UnixPath> paths)
    {
        var root = new RescanNode();
        foreach (var path in paths)
        {
            root.Reach(path).IsWhole = true;
        }

        return root;
    }

    /// <summary>Paths whose status is to be looked at.</summary>
    internal static RescanNode Of(IEnumerable<PathLook> looks)
    {
        var root = new RescanNode { IsLook = true };
        foreach (var look in looks)
        {
            root.Reach(look.Path).IsDeep |= look.Deep;
        }

        return root;
    }

    private RescanNode Reach(UnixPath path)
    {
        var node = this;
        foreach (var range in path.Span.Split((byte)'/'))
        {
            var (offset, length) = range.GetOffsetAndLength(path.Length);
            if (length > 0)
            {
                var name = new UnixPath(path.Bytes.Slice(offset, length));
                if (!node._below.TryGetValue(name, out var child))
                {
                    node._below.Add(name, child = new RescanNode { IsLook = IsLook });
                }

                node = child;
            }
        }

        return node;
    }
}
