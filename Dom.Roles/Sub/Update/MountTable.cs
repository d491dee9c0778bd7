using System.Text;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Which directories have a file system mounted on them or below: none of them may be moved or removed.</summary>
internal sealed class MountTable
{
    private readonly HashSet<UnixPath> _above = [];
    private readonly HashSet<UnixPath> _points = [];

    /// <summary>Reads the kernel's table.</summary>
    /// <param name="root">The path of the managed root; what is mounted elsewhere does not count.</param>
    public static MountTable Read(UnixPath root) => Parse(File.ReadAllBytes("/proc/self/mountinfo"), root);

    /// <summary>The mount points below the root, as paths of the managed tree.</summary>
    public IReadOnlySet<UnixPath> Points => _points;

    /// <summary>True when the directory, or one below it, is a mount point.</summary>
    public bool IsMountedBelow(UnixPath path) => _above.Contains(path);

    internal static MountTable Parse(ReadOnlyMemory<byte> table, UnixPath root)
    {
        var mounts = new MountTable();
        while (!table.IsEmpty)
        {
            var end = table.Span.IndexOf((byte)'\n');
            var line = end < 0 ? table : table[..end];
            table = end < 0 ? default : table[(end + 1)..];
            var point = new UnixPath(MountPoint(line.Span));
            if (root.Contains(point) && point != root)
            {
                var prefix = root.Length == 1 ? 0 : root.Length;
                var first = new UnixPath(point.Bytes[prefix..]);
                mounts._points.Add(first);
                for (var path = first; path.Length > 1; path = path.Parent)
                {
                    mounts._above.Add(path);
                }
            }
        }

        return mounts;
    }

    /// <summary>The fifth field, in which the kernel writes space, tab, newline and backslash as three octal digits.</summary>
    private static byte[] MountPoint(ReadOnlySpan<byte> line)
    {
        for (var field = 0; field < 4; field++)
        {
            line = line[(line.IndexOf((byte)' ') + 1)..];
        }

        line = line[..Math.Max(line.IndexOf((byte)' '), 0)];
        var point = new List<byte>(line.Length);
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\' && i + 3 < line.Length)
            {
                point.Add(Convert.ToByte(Encoding.ASCII.GetString(line.Slice(i + 1, 3)), 8));
                i += 3;
            }
            else
            {
                point.Add(line[i]);
            }
        }

        return [.. point];
    }
}
