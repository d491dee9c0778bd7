using Dom.Core.Contracts.Subd;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom ctl diff --json</c> prints.</summary>
internal sealed record CtlDiffDocument(string Host, PlanSummary Summary, IReadOnlyList<PlanLine> Steps, IReadOnlyList<PlanException> Exceptions);
