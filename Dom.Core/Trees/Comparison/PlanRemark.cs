using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>A path that differs, or seems to, and gets no step.</summary>
/// <param name="Kind">Held, blocked or unknown.</param>
/// <param name="Path">The path.</param>
/// <param name="Reason">Why, for people.</param>
public readonly record struct PlanRemark(PlanExceptionKind Kind, UnixPath Path, string Reason);
