using Dom.Core.Contracts.Subd;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom sub delete --json</c> prints.</summary>
/// <param name="Host">The machine.</param>
/// <param name="Paths">The paths in their order, with why they stand still.</param>
internal sealed record SubDeleteDocument(string Host, IReadOnlyList<DeletedPath> Paths);
