using Dom.Core.Linux;
using Dom.Core.Trees;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Writing;

namespace Dom.Roles.Sub.Update;

/// <summary>The steps of a plan in the order they are swapped.</summary>
/// <remarks>
/// The plan's order is kept, with one exception. Where a directory gives way to something else, both change places in one instant and the directory's listed
/// entries are removed afterwards, out of sight: <c>/lib</c> that becomes a link to <c>usr/lib</c> is never empty.
/// The files of the program that does all this come last: whatever it is interrupted at, one that knows the journal is there to end it.
/// Metadata that a file must not get in place (<see cref="FreshInode"/>) comes with a new inode, which all names of the file get.
/// </remarks>
internal sealed class DraftList
{
    private readonly HashSet<UnixPath> _removed = [];

    private readonly List<StepFault> _leftOut = [];
    private readonly List<int> _unused = [];
    private int _staged;

    private DraftList(List<StepDraft> drafts) => Drafts = drafts;

    /// <summary>The steps in order.</summary>
    public List<StepDraft> Drafts { get; }

    /// <summary>What is not part of the update any more, and why.</summary>
    public IReadOnlyList<StepFault> LeftOut => _leftOut;

    /// <summary>Numbers in the staging directory that no step uses any more.</summary>
    public IReadOnlyList<int> Unused => _unused;

    /// <summary>True when the plan removes this path, so that a directory that lists it can go.</summary>
    public bool Removes(UnixPath path) => _removed.Contains(path);

    /// <summary>Takes out the steps that were marked, and what cannot be done without them. To be called before the journal's swap record only.</summary>
    /// <returns>True when there were any.</returns>
    /// <exception cref="UpdateAbortedException">No step is left.</exception>
    public bool Cut()
    {
        if (!Drafts.Exists(static draft => draft.LeftOut is not null))
        {
            return false;
        }

        new DraftCut().Spread(Drafts);
        foreach (var draft in Drafts)
        {
            if (draft.LeftOut is { } reason)
            {
                _leftOut.Add(new StepFault(draft.Path, reason));
                _removed.Remove(draft.Path);
                if (draft.Action == SwapAction.Install)
                {
                    _unused.Add(draft.Staged);
                }
            }
        }

        Drafts.RemoveAll(static draft => draft.LeftOut is not null);
        return Drafts.Count > 0
            ? true
            : throw new UpdateAbortedException(UpdateCode.PlanChanged, $"{_leftOut[0].Path}: {_leftOut[0].Reason}");
    }

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

    /// <summary>Lets the other names of files follow those that get a new inode.</summary>
    /// <param name="names">Each name, what was seen there, and the path whose new inode it gets.</param>
    /// <remarks>A name of the file that the plan does not know keeps the old inode: what it must not change does not change.</remarks>
    public void AddNames(IReadOnlyList<(UnixPath Path, FileStatus Seen, StepDraft Leader)> names)
    {
        if (names.Count == 0)
        {
            return;
        }

        var byLeader = names.ToLookup(static name => name.Leader);
        var drafts = new List<StepDraft>(Drafts.Count + names.Count);
        foreach (var draft in Drafts)
        {
            drafts.Add(draft);
            foreach (var (path, seen, leader) in byLeader[draft])
            {
                drafts.Add(new StepDraft(SwapAction.Install, path) { Seen = seen, LinkTo = leader.Path, Staged = _staged++ });
            }
        }

        Drafts.Clear();
        Drafts.AddRange(drafts);
    }

    /// <summary>Orders the steps of a plan and numbers what has to be staged.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="ownProgram">Paths whose replacement comes last.</param>
    public static DraftList Of(Plan plan, IReadOnlySet<UnixPath> ownProgram)
    {
        var steps = plan.Steps;
        var list = new DraftList(new List<StepDraft>(steps.Length));
        var givingWay = new Dictionary<UnixPath, StepDraft>();
        foreach (var step in steps)
        {
            if (step.Kind is PlanStepKind.Delete or PlanStepKind.RemoveDirectory or PlanStepKind.RemoveTree)
            {
                list._removed.Add(step.Path);
                continue;
            }

            var isInstall = step.Kind != PlanStepKind.ChangeMetadata || FreshInode.IsNeeded(step.Old.ReadInode(), step.New.ReadInode());
            var draft = new StepDraft(isInstall ? SwapAction.Install : SwapAction.SetMetadata, step.Path)
            {
                Plan = step,
                LinkTo = step.Kind == PlanStepKind.Link ? plan.LinkTargets[step.LinkTarget] : null,
            };
            if (isInstall)
            {
                draft.Staged = list._staged++;
                if (step.Kind is not (PlanStepKind.MakeDirectory or PlanStepKind.ChangeMetadata) && step.Old.ReadInode().Kind == InodeKind.Directory)
                {
                    givingWay.Add(step.Path, draft);
                    list._removed.Add(step.Path);
                }
            }

            list.Drafts.Add(draft);
        }

        list.AddRemovals(steps, givingWay);
        list.PutLast(ownProgram);
        return list;
    }

    private void PutLast(IReadOnlySet<UnixPath> paths)
    {
        var last = paths.Count == 0 ? [] : Drafts.FindAll(draft => IsReplacement(draft) && paths.Contains(draft.Path));
        if (last.Count > 0)
        {
            Drafts.RemoveAll(last.Contains);
            Drafts.AddRange(last);
        }
    }

    /// <summary>New directories and what gives way to them are needed by other steps, and keep their place.</summary>
    private static bool IsReplacement(StepDraft draft) =>
        draft.Action == SwapAction.Install && draft.Plan.New.ReadInode().Kind != InodeKind.Directory && draft.Plan.Old.ReadInode().Kind != InodeKind.Directory;

    private void AddRemovals(IReadOnlyList<PlanStep> steps, Dictionary<UnixPath, StepDraft> givingWay)
    {
        var moved = new Dictionary<UnixPath, List<StepDraft>>();
        foreach (var step in steps)
        {
            if (step.Kind is not (PlanStepKind.Delete or PlanStepKind.RemoveDirectory or PlanStepKind.RemoveTree))
            {
                continue;
            }

            var action = step.Kind switch
            {
                PlanStepKind.Delete => SwapAction.Remove,
                PlanStepKind.RemoveDirectory => SwapAction.RemoveDirectory,
                _ => SwapAction.RemoveTree,
            };
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
