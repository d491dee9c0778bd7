using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <summary>The paths and inodes something happened to since they were last taken; each once, at most so many.</summary>
internal sealed class NoticedPaths
{
    private const int MaxPaths = 5_000;
    private const int MaxPathBytes = 64 * 1024;

    private readonly Dictionary<byte[], bool> _paths = new(ByteStringComparer.Instance);
    private readonly HashSet<byte[]> _inodes = new(ByteStringComparer.Instance);
    private readonly byte[] _buffer = new byte[MaxPathBytes];
    private int _length;

    /// <summary>True when there is nothing.</summary>
    public bool IsEmpty => _paths.Count == 0 && _inodes.Count == 0;

    /// <summary>True when there is too much to look at one by one.</summary>
    public bool IsFull => _paths.Count >= MaxPaths || _inodes.Count >= MaxPaths;

    /// <summary>The path that was added last.</summary>
    public ReadOnlySpan<byte> Last => _buffer.AsSpan(0, _length);

    /// <summary>Inodes of which no directory is known.</summary>
    public IReadOnlyCollection<byte[]> Inodes => _inodes;

    /// <summary>Adds an entry of a directory unless nobody looks at it; without an allocation when it is known or out of reach.</summary>
    /// <returns>False when nobody looks at it.</returns>
    public bool Add(WatchedDirectory directory, ReadOnlySpan<byte> name, bool deep, WatchScope scope)
    {
        var path = _buffer.AsSpan(0, directory.Path.Length);
        directory.Path.CopyTo(path);
        if (!name.IsEmpty && !name.SequenceEqual("."u8))
        {
            path = _buffer.AsSpan(0, path.Length + 1 + name.Length);
            path[directory.Path.Length] = (byte)'/';
            name.CopyTo(path[(directory.Path.Length + 1)..]);
            var covered = directory.Covered;
            if (scope.Scan.IsOutOfReach(path, ref covered))
            {
                return false;
            }
        }

        _length = path.Length;
        var known = _paths.GetAlternateLookup<ReadOnlySpan<byte>>();
        if (!known.TryGetValue(path, out var before) || (deep && !before))
        {
            known[path] = deep;
        }

        return true;
    }

    /// <summary>Adds an inode.</summary>
    public void AddInode(ReadOnlySpan<byte> key) => _inodes.GetAlternateLookup<ReadOnlySpan<byte>>().Add(key);

    /// <summary>What to look at; then nothing is left.</summary>
    public List<PathLook> Take()
    {
        var looks = new List<PathLook>(_paths.Count);
        foreach (var (path, deep) in _paths)
        {
            looks.Add(new PathLook(path.Length == 0 ? UnixPath.Root : new UnixPath(path), deep));
        }

        Clear();
        return looks;
    }

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _paths.Clear();
        _inodes.Clear();
    }
}
