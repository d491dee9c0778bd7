using Dom.Core.Linux;
using Dom.Core.Trees.Comparison;

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

    /// <summary>Number of the staged inode.</summary>
    public int Staged { get; set; } = SwapStep.NotStaged;

    /// <summary>See <see cref="SwapStep.MovedPrefix"/>.</summary>
    public int MovedPrefix { get; set; }

    /// <summary>What stood at the path at the first look; default when nothing did.</summary>
    public FileStatus Seen { get; set; }

    /// <summary>The staged inode.</summary>
    public InodeIdentity New { get; set; }
}
