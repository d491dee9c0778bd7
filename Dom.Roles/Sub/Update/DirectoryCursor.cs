using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Opens the directories of paths that come in order, keeping those of the last path open. Follows no symbolic link and enters no other file system.</summary>
/// <remarks>A hostile process that puts a symbolic link in the place of a directory gets ELOOP or ENOTDIR, never a step outside the tree. Not thread-safe.</remarks>
internal sealed class DirectoryCursor : IDisposable
{
    private readonly DirectoryHandle _root;
    private readonly ulong _mount;
    private readonly ulong _device;
    private readonly List<(int End, DirectoryHandle Directory)> _open = [];
    private ReadOnlyMemory<byte> _path;

    /// <summary>Starts at a directory, which stays open when the cursor is disposed.</summary>
    public DirectoryCursor(DirectoryHandle root)
    {
        _root = root;
        var status = root.GetStatus();
        _mount = status.MountId;
        _device = status.Device;
    }

    /// <summary>Opens the directory that holds a path.</summary>
    /// <param name="path">Names with <c>/</c> between them, with or without one at the front.</param>
    /// <param name="directory">The directory, open until the next call; meaningful when the result is <see cref="Errno.None"/>.</param>
    /// <param name="name">The last name of the path; <c>.</c> for the root itself.</param>
    public Errno TryEnterParent(ReadOnlyMemory<byte> path, out DirectoryHandle directory, out ReadOnlySpan<byte> name)
    {
        while (path.Span is [(byte)'/', ..])
        {
            path = path[1..];
        }

        var slash = path.Span.LastIndexOf((byte)'/');
        name = path.IsEmpty ? "."u8 : path.Span[(slash + 1)..];
        return TryEnter(slash < 0 ? default : path[..slash], out directory);
    }

    /// <summary>Forgets every open directory: one of them was moved or removed.</summary>
    public void Reset()
    {
        foreach (var (_, directory) in _open)
        {
            directory.Dispose();
        }

        _open.Clear();
        _path = default;
    }

    /// <inheritdoc/>
    public void Dispose() => Reset();

    private Errno TryEnter(ReadOnlyMemory<byte> path, out DirectoryHandle directory)
    {
        LeaveUnshared(path.Span);
        var end = _open.Count == 0 ? 0 : _open[^1].End;
        directory = _open.Count == 0 ? _root : _open[^1].Directory;
        while (end < path.Length)
        {
            var start = end == 0 ? 0 : end + 1;
            var length = path.Span[start..].IndexOf((byte)'/');
            end = length < 0 ? path.Length : start + length;
            var error = TryStep(directory, path.Span[start..end], out var next);
            if (error != Errno.None)
            {
                _path = path[..(_open.Count == 0 ? 0 : _open[^1].End)];
                return error;
            }

            directory = next!;
            _open.Add((end, directory));
        }

        _path = path;
        return Errno.None;
    }

    private void LeaveUnshared(ReadOnlySpan<byte> path)
    {
        var shared = path.CommonPrefixLength(_path.Span);
        while (_open.Count > 0)
        {
            var end = _open[^1].End;
            if (end < shared || (end == shared && (end == path.Length || path[end] == (byte)'/')))
            {
                return;
            }

            _open[^1].Directory.Dispose();
            _open.RemoveAt(_open.Count - 1);
        }
    }

    private Errno TryStep(DirectoryHandle parent, ReadOnlySpan<byte> name, out DirectoryHandle? directory)
    {
        if (name.IsEmpty || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
        {
            directory = null;
            return Errno.EINVAL;
        }

        var error = parent.TryOpenDirectory(name, out directory);
        if (directory is not null)
        {
            var status = directory.GetStatus();
            if (status.MountId != _mount || status.Device != _device)
            {
                directory.Dispose();
                directory = null;
                return Errno.EXDEV;
            }
        }

        return error;
    }
}
