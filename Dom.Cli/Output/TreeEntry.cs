using System.Globalization;
using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Cli.Output;

/// <summary>One path of a tree, for people and programs. In paths, bytes that are no text are written as <c>\xNN</c>.</summary>
internal sealed record TreeEntry(
    string Path, string Kind, string Mode, uint Uid, uint Gid, long? Size, string? Object, string? Target, string? Device, DateTimeOffset? ModifiedOn, int Attributes)
{
    /// <summary>Describes an inode.</summary>
    public static TreeEntry Of(UnixPath path, in Inode inode) => new(
        path.ToString(),
        inode.Kind.ToString().ToLowerInvariant(),
        Convert.ToString(inode.Mode, 8).PadLeft(4, '0'),
        inode.Uid,
        inode.Gid,
        inode.Kind == InodeKind.Regular ? (long)inode.Size : null,
        inode.Kind == InodeKind.Regular && !inode.Content.IsNone ? inode.Content.ToString() : null,
        inode.Kind == InodeKind.Symlink ? NameText.Escape(inode.Target.Span) : null,
        inode.Kind is InodeKind.CharacterDevice or InodeKind.BlockDevice
            ? string.Create(CultureInfo.InvariantCulture, $"{FileStatus.Major(inode.Device)}:{FileStatus.Minor(inode.Device)}")
            : null,
        inode.HasMtime ? DateTimeOffset.FromUnixTimeSeconds(inode.MtimeSeconds).AddTicks(inode.MtimeNanoseconds / 100) : null,
        new ExtendedAttributes(inode.Xattrs).Read().Count);

    /// <summary>One line, as <c>ls -l</c> would write it.</summary>
    public string ToLine()
    {
        var about = Target is not null ? $" -> {Target}" : Device is not null ? $" ({Device})" : "";
        var size = Size?.ToString(CultureInfo.InvariantCulture) ?? "-";
        var more = Attributes > 0 ? "+" : " ";
        return $"{Letter(Kind)}{Mode}{more} {Uid,6} {Gid,6} {size,12} {Path}{about}";
    }

    private static char Letter(string kind) => kind switch
    {
        "directory" => 'd',
        "symlink" => 'l',
        "characterdevice" => 'c',
        "blockdevice" => 'b',
        "fifo" => 'p',
        "computed" => 'C',
        _ => '-',
    };
}
