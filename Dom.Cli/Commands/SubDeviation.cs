using Dom.Cli.Output;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Trees.Comparison;

namespace Dom.Cli.Commands;

/// <summary>A path of a machine that is not as the image says.</summary>
/// <param name="Path">The path.</param>
/// <param name="Kind">How it deviates.</param>
/// <param name="Found">What stands there; null when nothing does.</param>
/// <param name="Expected">What the image says; null when it has nothing there.</param>
/// <param name="LinkTarget">The file that the path should be a name of; null when it is one of its own.</param>
internal sealed record SubDeviation(UnixPath Path, DriftKind Kind, TreeEntry? Found, TreeEntry? Expected, string? LinkTarget)
{
    /// <summary>The deviation that a step of a plan would correct.</summary>
    public static SubDeviation Of(PlanLine step) => new(
        step.Path,
        KindOf(step),
        step.Old is { } old ? TreeEntry.Of(step.Path, old.ToInode()) : null,
        step.New is { } now ? TreeEntry.Of(step.Path, now.ToInode()) : null,
        step.LinkTarget.IsEmpty ? null : step.LinkTarget.ToString());

    /// <summary>How the path of a step deviates.</summary>
    public static DriftKind KindOf(PlanLine step) => step.Kind switch
    {
        PlanStepKind.Delete or PlanStepKind.RemoveDirectory or PlanStepKind.RemoveTree => DriftKind.Extra,
        _ when step.Old is null => DriftKind.Missing,
        _ => DriftKind.Changed,
    };
}
