using Dom.Core.Contracts.Subd;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom sub check --json</c> prints.</summary>
/// <param name="Host">The machine.</param>
/// <param name="Image">Name of the image it was compared with.</param>
/// <param name="Against">Whether that is the required or the applied one.</param>
/// <param name="IsCompliant">True when the machine is equal to it.</param>
/// <param name="Summary">The difference in numbers.</param>
/// <param name="Deviations">The paths that differ.</param>
/// <param name="Exceptions">Paths that are not compared, or cannot be made right.</param>
internal sealed record SubCheckDocument(
    string Host, string Image, string Against, bool IsCompliant, PlanSummary Summary, IReadOnlyList<SubDeviation> Deviations, IReadOnlyList<PlanException> Exceptions);
