using Dom.Core.Contracts.Subd;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;

namespace Dom.Roles.Sub.Drift;

/// <summary>Steps of a plan as the deviations they correct.</summary>
internal static class DriftRecords
{
    /// <summary>The deviation that a step corrects; number and time of the correction are set later.</summary>
    public static DriftRecord Of(Plan plan, in PlanStep step, string image, DateTimeOffset firstSeen)
    {
        var (old, wanted) = (step.Old.ReadInode(), step.New.IsNone ? default : plan.ReadNew(step));
        var kind = old.Kind == InodeKind.None ? DriftKind.Missing : wanted.Kind == InodeKind.None ? DriftKind.Extra : DriftKind.Changed;
        return new DriftRecord
        {
            Number = 0,
            Path = step.Path,
            Kind = kind,
            Differs = kind != DriftKind.Changed ? DriftFields.None : Compare(old, wanted) | (step.Kind == PlanStepKind.Link ? DriftFields.Link : DriftFields.None),
            Old = ShortForm(old),
            New = ShortForm(wanted),
            FirstSeen = firstSeen,
            Image = image,
        };
    }

    private static InodeFacts? ShortForm(in Inode inode) => InodeFacts.Of(inode) is { } facts ? facts with { Xattrs = null } : null;

    private static DriftFields Compare(in Inode old, in Inode wanted)
    {
        var isFile = wanted.Kind is InodeKind.Regular or InodeKind.Computed && old.Kind == InodeKind.Regular;
        var sameContent = isFile ? old.Size == wanted.Size && old.Content == wanted.Content : old.SameContent(wanted);
        return (isFile || old.Kind == wanted.Kind ? DriftFields.None : DriftFields.Kind)
            | (sameContent || (!isFile && old.Kind != wanted.Kind) ? DriftFields.None : DriftFields.Content)
            | (old.Mode == wanted.Mode ? DriftFields.None : DriftFields.Mode)
            | (old.Uid == wanted.Uid && old.Gid == wanted.Gid ? DriftFields.None : DriftFields.Owner)
            | (old.SameXattrs(wanted) ? DriftFields.None : DriftFields.Attributes)
            | (HasSameTime(old, wanted) ? DriftFields.None : DriftFields.Time);
    }

    private static bool HasSameTime(in Inode old, in Inode wanted) =>
        !wanted.HasMtime || (old.MtimeSeconds == wanted.MtimeSeconds && old.MtimeNanoseconds == wanted.MtimeNanoseconds);
}
