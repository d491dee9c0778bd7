using Dom.Core.Linux;
using Dom.Core.Trees.Comparison;
using Dom.Core.Trees.Writing;

namespace Dom.Roles.Sub.Update;

/// <summary>A step of a plan on its way to becoming a <see cref="SwapStep"/>: what the checks and the staging found out about it.</summary>
internal sealed class StepDraft(SwapAction action, UnixPath path)
{
    /// <summary>What to do.</summary>
    public SwapAction Action { get; } = action;

    /// <summary>The path in the tree.</summary>
    public UnixPath Path { get; } = path;

    /// <summary>The plan's step; default for a removal that only this program adds.</summary>
    public PlanStep Plan { get; init; }

    /// <summary>The path whose inode this name is to get; null when it gets one of its own.</summary>
    public UnixPath? LinkTo { get; init; }

    /// <summary>True for a file that keeps its content and gets other metadata on a new inode (see <see cref="FreshInode"/>).</summary>
    public bool CopiesOld => Action == SwapAction.Install && Plan.Kind == PlanStepKind.ChangeMetadata;

    /// <summary>True for what gets a new inode of its own in the staging directory.</summary>
    public bool BringsInode => Action == SwapAction.Install && LinkTo is null;

    /// <summary>Number of the staged inode.</summary>
    public int Staged { get; set; } = SwapStep.NotStaged;

    /// <summary>See <see cref="SwapStep.MovedPrefix"/>.</summary>
    public int MovedPrefix { get; set; }

    /// <summary>What stood at the path at the first look; default when nothing did.</summary>
    public FileStatus Seen { get; set; }

    /// <summary>Why the step is not part of the update any more; null while it is. What moves while it is prepared is left to the next plan.</summary>
    public string? LeftOut { get; set; }

    /// <summary>The staged inode.</summary>
    public InodeIdentity New { get; set; }
}
