using System.Globalization;
using System.Text;
using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Cli.Output;

/// <summary>Lines of an mtree(5) specification with whole paths, as libarchive and the mtree of NetBSD read them.</summary>
/// <remarks>Extended attributes have no keyword there, and are left out.</remarks>
internal static class MtreeText
{
    private const string EmptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    /// <summary>The first line.</summary>
    public const string Header = "#mtree v2.0";

    /// <summary>A comment; nothing in it can end it.</summary>
    public static string Comment(string text) => $"# {text.ReplaceLineEndings(" ")}";

    /// <summary>What is known of a path.</summary>
    public static string Line(UnixPath path, in Inode inode)
    {
        var line = new StringBuilder(Encode(path));
        line.Append(" type=").Append(TypeOf(inode.Kind));
        if (inode.Kind is InodeKind.Unknown or InodeKind.MountPoint or InodeKind.Opaque)
        {
            return line.ToString();
        }

        line.Append(CultureInfo.InvariantCulture, $" uid={inode.Uid} gid={inode.Gid} mode=0{Convert.ToString(inode.Mode, 8)}");
        if (inode.HasMtime)
        {
            line.Append(CultureInfo.InvariantCulture, $" time={inode.MtimeSeconds}.{inode.MtimeNanoseconds:D9}");
        }

        switch (inode.Kind)
        {
            case InodeKind.Regular:
                line.Append(CultureInfo.InvariantCulture, $" size={inode.Size}");
                if (inode.Size == 0 || !(inode.Content.IsNone || inode.IsUnread))
                {
                    line.Append(" sha256digest=").Append(inode.Size == 0 ? EmptyDigest : inode.Content.ToString());
                }

                break;
            case InodeKind.Symlink:
                line.Append(" link=").Append(Encode(inode.Target.Span));
                break;
            case InodeKind.CharacterDevice or InodeKind.BlockDevice:
                line.Append(CultureInfo.InvariantCulture, $" device=linux,{FileStatus.Major(inode.Device)},{FileStatus.Minor(inode.Device)}");
                break;
        }

        return line.ToString();
    }

    /// <summary>An absolute path, relative to the root: <c>.</c> or <c>./NAME</c>.</summary>
    public static string Encode(UnixPath path) => path.Span.Trim((byte)'/') is { IsEmpty: false } relative ? $"./{Encode(relative)}" : ".";

    /// <summary>What vis(3) makes of bytes: <c>\\NNN</c> for those that are not plain.</summary>
    private static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        foreach (var value in bytes)
        {
            if (value is > 0x20 and < 0x7f && !"\\#=*?[".Contains((char)value, StringComparison.Ordinal))
            {
                text.Append((char)value);
            }
            else
            {
                text.Append('\\').Append(Convert.ToString(value, 8).PadLeft(3, '0'));
            }
        }

        return text.ToString();
    }

    private static string TypeOf(InodeKind kind) => kind switch
    {
        InodeKind.Directory or InodeKind.MountPoint => "dir",
        InodeKind.Symlink => "link",
        InodeKind.CharacterDevice => "char",
        InodeKind.BlockDevice => "block",
        InodeKind.Fifo => "fifo",
        _ => "file",
    };
}
