using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>When a machine's inode is what the image wants, under the limits of the machine's file system (rules 6 and 12).</summary>
internal sealed class InodeRules(ComparisonInput input)
{
    private readonly long _mtimeUnit = Math.Max(1, input.MtimeGranularity.Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>Same owner, mode, extended attributes and, where the image records one, modification time.</summary>
    public bool SameMetadata(in Inode wanted, in Inode machine) =>
        wanted.Mode == machine.Mode && wanted.Uid == machine.Uid && wanted.Gid == machine.Gid
        && (input.IgnoreXattrs || wanted.SameXattrs(machine))
        && (!wanted.HasMtime || (wanted.MtimeSeconds == machine.MtimeSeconds && wanted.MtimeNanoseconds == machine.MtimeNanoseconds) || SameCoarseTime(wanted, machine));

    /// <summary>Same kind and content; a computed file must be a regular one with the content of the computed set.</summary>
    public bool SameContent(UnixPath path, in Inode wanted, in Inode machine)
    {
        if (wanted.Kind != InodeKind.Computed)
        {
            return wanted.SameContent(machine);
        }

        return machine.Kind == InodeKind.Regular && input.Computed!.TryGet(path, out var file)
            && machine.Size == (ulong)file.Size && machine.Content == file.Object;
    }

    /// <summary>True for a computed path without known content.</summary>
    public bool IsMissing(UnixPath path, in Inode wanted) =>
        wanted.Kind == InodeKind.Computed && (input.Computed is null || !input.Computed.TryGet(path, out _));

    private bool SameCoarseTime(in Inode wanted, in Inode machine)
    {
        if (_mtimeUnit == 1)
        {
            return false;
        }

        return Floor(wanted) == Floor(machine);
    }

    private Int128 Floor(in Inode inode)
    {
        var time = ((Int128)inode.MtimeSeconds * 1_000_000_000) + inode.MtimeNanoseconds;
        var rest = time % _mtimeUnit;
        return time - (rest < 0 ? rest + _mtimeUnit : rest);
    }
}
