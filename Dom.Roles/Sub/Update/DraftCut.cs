using Dom.Core.Linux;
using Dom.Core.Trees;

namespace Dom.Roles.Sub.Update;

/// <summary>Finds what cannot be done without the steps that are left out, so that what remains is whole.</summary>
internal sealed class DraftCut
{
    private readonly HashSet<StepDraft> _noted = [];
    private readonly HashSet<UnixPath> _unmadeDirectories = [];
    private readonly HashSet<UnixPath> _unmade = [];
    private readonly HashSet<UnixPath> _aboveStaying = [];
    private readonly HashSet<int> _unmoved = [];

    /// <summary>Marks every draft that depends on a marked one.</summary>
    public void Spread(IReadOnlyList<StepDraft> drafts)
    {
        bool more;
        do
        {
            more = false;
            foreach (var draft in drafts)
            {
                draft.LeftOut ??= ReasonAgainst(draft);
                if (draft.LeftOut is not null && _noted.Add(draft))
                {
                    Note(draft);
                    more = true;
                }
            }
        }
        while (more);
    }

    private void Note(StepDraft draft)
    {
        if (draft.Staged != SwapStep.NotStaged)
        {
            _unmoved.Add(draft.Staged);
        }

        if (draft.Action is SwapAction.Install or SwapAction.SetMetadata)
        {
            _unmade.Add(draft.Path);
            if (draft.Action == SwapAction.Install && draft.Plan.New.ReadInode().Kind == InodeKind.Directory)
            {
                _unmadeDirectories.Add(draft.Path);
            }
        }
        else if (draft.MovedPrefix == 0)
        {
            var above = draft.Path.Parent;
            while (above.Length > 1 && _aboveStaying.Add(above))
            {
                above = above.Parent;
            }
        }
    }

    private string? ReasonAgainst(StepDraft draft)
    {
        if (draft.LinkTo is { } target && _unmade.Contains(target))
        {
            return $"it was to become a name of {target}, which was left out";
        }

        // What gives way and what comes in its place change places in one step.
        if (draft.Staged != SwapStep.NotStaged && _unmoved.Contains(draft.Staged))
        {
            return "something in the directory that was to give way was left out";
        }

        if (draft.Action == SwapAction.RemoveDirectory && draft.MovedPrefix == 0 && _aboveStaying.Contains(draft.Path))
        {
            return "something in it was left out";
        }

        for (var above = draft.Path.Parent; _unmadeDirectories.Count > 0 && above.Length > 1; above = above.Parent)
        {
            if (_unmadeDirectories.Contains(above))
            {
                return $"the directory {above} was left out";
            }
        }

        return null;
    }
}
