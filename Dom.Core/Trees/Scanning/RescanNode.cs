using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Paths to read again, as a tree of names.</summary>
internal sealed class RescanNode
{
    private readonly SortedDictionary<UnixPath, RescanNode> _below = [];

    /// <summary>True when everything from here down is to be read again.</summary>
    internal bool IsWhole { get; private set; }

    /// <summary>Names to look at, in order.</summary>
    internal IEnumerable<KeyValuePair<UnixPath, RescanNode>> Below => _below;

    /// <summary>What is asked for below a name; null for nothing in particular.</summary>
    internal RescanNode? Find(ReadOnlySpan<byte> name) =>
        _below.Count == 0 ? null : _below.GetValueOrDefault(new UnixPath(name.ToArray()));

    internal static RescanNode Of(IEnumerable<UnixPath> paths)
    {
        var root = new RescanNode();
        foreach (var path in paths)
        {
            var node = root;
            foreach (var range in path.Span.Split((byte)'/'))
            {
                var (offset, length) = range.GetOffsetAndLength(path.Length);
                if (length > 0)
                {
                    var name = new UnixPath(path.Bytes.Slice(offset, length));
                    if (!node._below.TryGetValue(name, out var child))
                    {
                        node._below.Add(name, child = new RescanNode());
                    }

                    node = child;
                }
            }

            node.IsWhole = true;
        }

        return root;
    }
}
