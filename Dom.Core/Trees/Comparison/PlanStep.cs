using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>One step of a plan. Old and new inode are places in blocks, so that a plan of 300,000 steps stays small.</summary>
/// <param name="Kind">What to do.</param>
/// <param name="Path">Absolute path below the managed root, beginning with '/'.</param>
/// <param name="Old">What the machine has now; none when nothing.</param>
/// <param name="New">What the image wants; none for removals.</param>
/// <param name="LinkTarget">For <see cref="PlanStepKind.Link"/>: index in the plan's link targets; else -1.</param>
public readonly record struct PlanStep(PlanStepKind Kind, UnixPath Path, EntryRef Old, EntryRef New, int LinkTarget = -1);
