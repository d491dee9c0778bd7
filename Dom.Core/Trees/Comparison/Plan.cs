using System.Collections.Immutable;
using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Comparison;

/// <summary>What makes a machine equal to an image: steps in the order of rule 15, and what cannot or need not be done. Immutable.</summary>
public sealed record Plan
{
    /// <summary>Most remarks and paths a list of this record holds; the counts count all.</summary>
    public const int MaxRemarks = 1000;

    /// <summary>Rule 13's id; none when there are no steps.</summary>
    public ObjectId Id { get; init; }

    /// <summary>Digest of the manifest it was made from.</summary>
    public required ObjectId Manifest { get; init; }

    /// <summary>The computed set it was made with; null when there was none.</summary>
    public ComputedSet? Computed { get; init; }

    /// <summary>The steps in the order they are done.</summary>
    public ImmutableArray<PlanStep> Steps { get; init; } = [];

    /// <summary>Paths that <see cref="PlanStepKind.Link"/> steps link to. Each is right before the first step that names it, and has one more name after it.</summary>
    public ImmutableArray<UnixPath> LinkTargets { get; init; } = [];

    /// <summary>Further names of files that a <see cref="PlanStepKind.ChangeMetadata"/> step changes in place: they change with it, for triggers and re-reading.</summary>
    public ImmutableArray<UnixPath> OtherNames { get; init; } = [];

    /// <summary>How many of <see cref="OtherNames"/>, from the first, change in more than their modification time.</summary>
    public int OtherNamesBeyondTime { get; init; }

    /// <summary>The first <see cref="MaxRemarks"/> held, blocked, contested and unknown paths.</summary>
    public ImmutableArray<PlanRemark> Remarks { get; init; } = [];

    /// <summary>Held paths (rule 9); no deviation.</summary>
    public int Held { get; init; }

    /// <summary>Blocked paths (rules 9 and 11).</summary>
    public int Blocked { get; init; }

    /// <summary>Contested paths that wait for their next correction (rule 26).</summary>
    public int Contested { get; init; }

    /// <summary>Unreadable or not yet scanned paths (rules 4 and 10).</summary>
    public int Unknown { get; init; }

    /// <summary>How many of <see cref="Unknown"/> are only waiting for their content to be read.</summary>
    public int Unread { get; init; }

    /// <summary>The first <see cref="MaxRemarks"/> of these.</summary>
    public ImmutableArray<UnixPath> Awaited { get; init; } = [];

    /// <summary>True when nothing is to be done and nothing stands against it but contents that have not been read yet.</summary>
    public bool OnlyAwaitsContents => Steps.IsEmpty && Blocked == 0 && MissingComputed.IsEmpty && Unread > 0 && Unknown == Unread;

    /// <summary>The first <see cref="MaxRemarks"/> computed paths whose content is not in the set: nothing may be applied (rule 12).</summary>
    public ImmutableArray<UnixPath> MissingComputed { get; init; } = [];

    /// <summary>Sizes.</summary>
    public PlanCounts Counts { get; init; }

    /// <summary>True when something of the machine could not be seen, so that steps may be missing.</summary>
    public bool Incomplete => Unknown > 0;

    /// <summary>Rule 8: nothing to do, nothing blocked, nothing unknown, no computed file missing, nothing left for later.</summary>
    public bool IsCompliant => Steps.IsEmpty && Blocked == 0 && Unknown == 0 && MissingComputed.IsEmpty && Contested == 0;

    /// <summary>The inode a step wants; a computed one has the size and content of this machine filled in.</summary>
    public Inode ReadNew(in PlanStep step)
    {
        var inode = step.New.ReadInode();
        return inode.Kind == InodeKind.Computed && Computed is not null && Computed.TryGet(step.Path, out var file)
            ? inode with { Content = file.Object, Size = (ulong)file.Size }
            : inode;
    }

    /// <summary>The contents the steps put in place, each once, in the order of the steps. Whether the machine has them already is not looked at.</summary>
    public IReadOnlyList<NeededObject> NeededObjects()
    {
        var seen = new HashSet<ObjectId>();
        var needed = new List<NeededObject>();
        foreach (ref readonly var step in Steps.AsSpan())
        {
            if (step.Kind is not (PlanStepKind.Create or PlanStepKind.Replace))
            {
                continue;
            }

            var inode = ReadNew(step);
            if (inode.Kind is InodeKind.Regular or InodeKind.Computed && !inode.Content.IsNone && seen.Add(inode.Content))
            {
                needed.Add(new NeededObject(inode.Content, (long)inode.Size));
            }
        }

        return needed;
    }
}
