using System.Collections.Immutable;
using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>Takes steps out of a plan that are to be done later, so that the rest is a plan of its own.</summary>
public static class WaitingSteps
{
    /// <summary>The plan without the steps of some paths.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="waits">Which paths wait.</param>
    /// <param name="waiting">Those whose steps were taken out. A directory's step stays, and a file's whose step others need.</param>
    public static Plan TakeOut(Plan plan, Func<UnixPath, bool> waits, out IReadOnlyList<UnixPath> waiting)
    {
        var taken = new List<UnixPath>();
        var targets = plan.LinkTargets.ToHashSet();
        var removed = new HashSet<UnixPath>();
        var kept = ImmutableArray.CreateBuilder<PlanStep>();
        var counts = plan.Counts;
        foreach (ref readonly var step in plan.Steps.AsSpan())
        {
            if (step.Kind == PlanStepKind.RemoveDirectory || step.Old.ReadInode().Kind == InodeKind.Directory)
            {
                removed.Add(step.Path);
            }
        }

        foreach (ref readonly var step in plan.Steps.AsSpan())
        {
            if (!waits(step.Path) || targets.Contains(step.Path) || !IsSimple(step) || removed.Contains(step.Path.Parent))
            {
                kept.Add(step);
                continue;
            }

            taken.Add(step.Path);
            counts = step.Kind == PlanStepKind.Delete ? counts with { Deletions = counts.Deletions - 1 }
                : step.Old.IsNone ? counts with { Creations = counts.Creations - 1 }
                : counts with { Changes = counts.Changes - 1 };
        }

        waiting = taken;
        if (taken.Count == 0)
        {
            return plan;
        }

        var steps = kept.ToImmutable();
        return plan with
        {
            Id = PlanId.Of(plan.Manifest, plan.Computed?.Digest ?? default, steps, plan.LinkTargets),
            Steps = steps,
            OtherNames = steps.IsEmpty ? [] : plan.OtherNames,
            OtherNamesBeyondTime = steps.IsEmpty ? 0 : plan.OtherNamesBeyondTime,
            Counts = counts,
        };
    }

    private static bool IsSimple(in PlanStep step) =>
        step.Kind is not (PlanStepKind.RemoveDirectory or PlanStepKind.RemoveTree) && IsNoDirectory(step.Old) && IsNoDirectory(step.New);

    private static bool IsNoDirectory(EntryRef entry) => entry.IsNone || entry.ReadInode().Kind != InodeKind.Directory;
}
