using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;

namespace Dom.Roles.Sub.Update;

/// <summary>The steps of a plan in the order they are swapped.</summary>
/// <remarks>
/// The plan's order is kept, with one exception. Where a directory gives way to something else, both change places in one instant and the directory's listed
/// entries are removed afterwards, out of sight: <c>/lib</c> that becomes a link to <c>usr/lib</c> is never empty.
/// </remarks>
internal sealed class DraftList
{
    private readonly HashSet<UnixPath> _removed = [];

    private DraftList(List<StepDraft> drafts) => Drafts = drafts;

    /// <summary>The steps in order.</summary>
    public List<StepDraft> Drafts { get; }

    /// <summary>True when the plan removes this path, so that a directory that lists it can go.</summary>
    public bool Removes(UnixPath path) => _removed.Contains(path);

    /// <summary>Adds the removal of something no tree records, a socket, found in a directory that goes.</summary>
    public void AddRemoval(StepDraft directory, UnixPath path, in FileStatus seen)
    {
        if (_removed.Add(path))
        {
            Drafts.Insert(Drafts.IndexOf(directory), new StepDraft(SwapAction.Remove, path)
            {
                Seen = seen,
                Staged = directory.Staged,
                MovedPrefix = directory.MovedPrefix,
            });
        }
    }

    /// <summary>Orders the steps of a plan and numbers what has to be staged.</summary>
    public static DraftList Of(IReadOnlyList<PlanStep> steps)
    {
        var list = new DraftList(new List<StepDraft>(steps.Count));
        var givingWay = new Dictionary<UnixPath, StepDraft>();
        var staged = 0;
        foreach (var step in steps)
        {
            if (step.Kind is PlanStepKind.Delete or PlanStepKind.RemoveDirectory)
            {
                list._removed.Add(step.Path);
                continue;
            }

            var isInstall = step.Kind != PlanStepKind.ChangeMetadata;
            var draft = new StepDraft(isInstall ? SwapAction.Install : SwapAction.SetMetadata, step.Path) { Plan = step };
            if (isInstall)
            {
                draft.Staged = staged++;
                if (step.Kind != PlanStepKind.MakeDirectory && step.Old.ReadInode().Kind == InodeKind.Directory)
                {
                    givingWay.Add(step.Path, draft);
                    list._removed.Add(step.Path);
                }
            }

            list.Drafts.Add(draft);
        }

        list.AddRemovals(steps, givingWay);
        return list;
    }

    private void AddRemovals(IReadOnlyList<PlanStep> steps, Dictionary<UnixPath, StepDraft> givingWay)
    {
        var moved = new Dictionary<UnixPath, List<StepDraft>>();
        foreach (var step in steps)
        {
            if (step.Kind is not (PlanStepKind.Delete or PlanStepKind.RemoveDirectory))
            {
                continue;
            }

            var action = step.Kind == PlanStepKind.Delete ? SwapAction.Remove : SwapAction.RemoveDirectory;
            var draft = new StepDraft(action, step.Path) { Plan = step };
            if (givingWay.Count == 0 || FindAbove(step.Path, givingWay) is not { } above)
            {
                Drafts.Add(draft);
            }
            else if (step.Path != above.Path)
            {
                Move(draft, above, moved);
            }
        }

        foreach (var above in givingWay.Values)
        {
            // The removal of the emptied directory itself comes last, whether the plan lists it or not.
            Move(new StepDraft(SwapAction.RemoveDirectory, above.Path) { Plan = above.Plan }, above, moved);
            Drafts.InsertRange(Drafts.IndexOf(above) + 1, moved[above.Path]);
        }
    }

    private static void Move(StepDraft removal, StepDraft above, Dictionary<UnixPath, List<StepDraft>> moved)
    {
        removal.Staged = above.Staged;
        removal.MovedPrefix = above.Path.Length;
        if (!moved.TryGetValue(above.Path, out var removals))
        {
            moved.Add(above.Path, removals = []);
        }

        removals.Add(removal);
    }

    private static StepDraft? FindAbove(UnixPath path, Dictionary<UnixPath, StepDraft> givingWay)
    {
        for (var above = path; above.Length > 1; above = above.Parent)
        {
            if (givingWay.TryGetValue(above, out var draft))
            {
                return draft;
            }
        }

        return null;
    }
}
