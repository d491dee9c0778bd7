using System.Buffers.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Editing;

namespace Dom.Core.Archives;

/// <summary>Numbers of users and groups as <c>etc/passwd</c> and <c>etc/group</c> of the archive give them; those of this host mean nothing there.</summary>
internal sealed class ArchiveNames(EditableTree tree, ArchiveContents contents)
{
    private const int MaxFileBytes = 16 << 20;

    private Dictionary<UnixPath, uint>? _users;
    private Dictionary<UnixPath, uint>? _groups;

    /// <summary>The number of a user (true) or group (false); null when the archive does not say.</summary>
    internal uint? Find(bool isUser, ReadOnlyMemory<byte> name)
    {
        var ids = isUser ? _users ??= Read("/etc/passwd") : _groups ??= Read("/etc/group");
        return UnixPath.TryCreate(name, out var key) && ids.TryGetValue(key, out var id) ? id : null;
    }

    private Dictionary<UnixPath, uint> Read(string path)
    {
        var ids = new Dictionary<UnixPath, uint>();
        var text = ReadFile(UnixPath.Of(path));
        foreach (var line in text.Span.Split((byte)'\n'))
        {
            var fields = text[line];
            var end = fields.Span.IndexOf((byte)':');
            if (end > 0 && UnixPath.TryCreate(fields[..end], out var name) && Third(fields.Span) is { } id)
            {
                ids.TryAdd(name, id);
            }
        }

        return ids;
    }

    private static uint? Third(ReadOnlySpan<byte> line)
    {
        var number = 0;
        foreach (var field in line.Split((byte)':'))
        {
            if (number++ == 2)
            {
                return Utf8Parser.TryParse(line[field], out uint id, out _) ? id : null;
            }
        }

        return null;
    }

    private ReadOnlyMemory<byte> ReadFile(UnixPath path)
    {
        try
        {
            if (tree.Find(path) is not { Inode: { Kind: InodeKind.Regular, Size: > 0 and <= MaxFileBytes } inode })
            {
                return default;
            }

            var bytes = new byte[(int)inode.Size];
            return contents.TryReadAt(inode.Content, 0, bytes, out var count) == Errno.None && count == bytes.Length ? bytes : default;
        }
        catch (TreeEditException)
        {
            // No such file: something above it is no directory.
            return default;
        }
    }
}
