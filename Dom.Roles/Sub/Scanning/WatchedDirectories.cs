using Dom.Core.Linux;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Which directory below the root a key of the kernel's events stands for, and whether anybody looks into it. One thread uses it.</summary>
/// <remarks>Directories outside the root and those no comparison can reach (rule 4) are remembered as well: an event there costs one look into a table.</remarks>
internal sealed class WatchedDirectories(DirectoryHandle root)
{
    private const int MaxKnown = 65_536;
    private const int MaxPath = 64 * 1024;

    private readonly Dictionary<byte[], WatchedDirectory?> _known = new(ByteStringComparer.Instance);
    private readonly byte[] _buffer = new byte[MaxPath];
    private WatchScope? _scope;
    private byte[]? _prefix;

    /// <summary>Directories are moved or what is looked at changes: all is found anew.</summary>
    public void Forget() => _known.Clear();

    /// <summary>The directory of a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="scope">What is looked at.</param>
    /// <param name="directory">The directory; null when it is outside the root, out of reach or gone.</param>
    /// <returns>None, or why nothing is known about it.</returns>
    public Errno Find(ReadOnlySpan<byte> key, WatchScope scope, out WatchedDirectory? directory)
    {
        if (!ReferenceEquals(scope, _scope) || _known.Count >= MaxKnown)
        {
            _scope = scope;
            Forget();
        }

        var known = _known.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (known.TryGetValue(key, out directory))
        {
            return Errno.None;
        }

        var error = Resolve(key, scope, out directory);
        if (error is Errno.None or Errno.ENAMETOOLONG)
        {
            // One whose path is too long is told once: sweeps find what happens in it.
            known[key] = directory;
        }

        return error == Errno.ESTALE ? Errno.None : error;
    }

    private Errno Resolve(ReadOnlySpan<byte> key, WatchScope scope, out WatchedDirectory? directory)
    {
        directory = null;
        var error = root.TryOpenByKey(key, out var inode);
        if (inode is null)
        {
            return error;
        }

        using (inode)
        {
            if (!inode.TryReadPath(_buffer, out var length))
            {
                return Errno.ENAMETOOLONG;
            }

            if (Below(_buffer.AsSpan(0, length)) is { } path)
            {
                directory = Reach(path, scope);
            }

            return Errno.None;
        }
    }

    /// <summary>The path below the root, empty for the root itself; null for one outside.</summary>
    private byte[]? Below(ReadOnlySpan<byte> path)
    {
        _prefix ??= ReadPrefix();
        if (!path.StartsWith(_prefix))
        {
            return null;
        }

        var below = path[_prefix.Length..];
        return below.IsEmpty || below is [(byte)'/'] ? [] : below[0] == '/' ? below.ToArray() : null;
    }

    private byte[] ReadPrefix()
    {
        Span<byte> path = stackalloc byte[4096];
        return root.TryReadPath(path, out var length) ? path[..length].TrimEnd((byte)'/').ToArray() : [];
    }

    private static WatchedDirectory? Reach(byte[] path, WatchScope scope)
    {
        var covered = 0u;
        for (var end = 1; end <= path.Length; end++)
        {
            if ((end == path.Length || path[end] == '/') && scope.Scan.IsOutOfReach(path.AsSpan(0, end), ref covered))
            {
                return null;
            }
        }

        return new WatchedDirectory(path, covered);
    }
}
