using Dom.Core.Rpc;

namespace Dom.Roles.Pages;

/// <summary>The status pages of one role. Filled before the host starts, only read afterwards.</summary>
/// <param name="layout">What its pages look like, for those that every role has; null for one without a menu.</param>
public sealed class PageMap(PageLayout? layout = null)
{
    private readonly Dictionary<string, Page> _exact = new(StringComparer.Ordinal);
    private readonly List<(string Prefix, Page Page)> _prefixes = [];

    /// <summary>What the pages look like; null when they have no menu.</summary>
    public PageLayout? Layout => layout;

    /// <summary>All pages, in the order they were added.</summary>
    public IEnumerable<Page> Pages => _exact.Values.Concat(_prefixes.Select(p => p.Page));

    /// <summary>Adds a page.</summary>
    /// <param name="path">The exact decoded path, as <c>/machines</c>, or a prefix and a star, as <c>/machines/*</c>.</param>
    /// <param name="access">Who may see it.</param>
    /// <param name="handler">What answers.</param>
    /// <param name="method">The method whose answer it shows, which whoever asks must be allowed to call; null for none.</param>
    public void Add(string path, PageAccess access, PageHandler handler, RpcMethod? method = null)
    {
        ArgumentNullException.ThrowIfNull(handler);
        if (!path.StartsWith('/'))
        {
            throw new ArgumentException($"the page path '{path}' does not begin with a slash", nameof(path));
        }

        var page = new Page(path, access, handler) { Method = method };
        if (path.EndsWith("/*", StringComparison.Ordinal))
        {
            _prefixes.Add((path[..^1], page));
        }
        else if (!_exact.TryAdd(path, page))
        {
            throw new ArgumentException($"there are two pages at '{path}'", nameof(path));
        }
    }

    /// <summary>Finds the page for a decoded path: an exact one first, then the one with the longest prefix. Null if none.</summary>
    public PageMatch? Find(string path)
    {
        if (_exact.TryGetValue(path, out var exact))
        {
            return new PageMatch(exact, "");
        }

        PageMatch? best = null;
        var length = 0;
        foreach (var (prefix, page) in _prefixes)
        {
            if (prefix.Length > length && path.Length > prefix.Length && path.StartsWith(prefix, StringComparison.Ordinal))
            {
                best = new PageMatch(page, path[prefix.Length..]);
                length = prefix.Length;
            }
        }

        return best;
    }
}
