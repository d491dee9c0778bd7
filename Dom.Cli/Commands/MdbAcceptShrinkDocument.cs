using Dom.Core.Contracts.MdbServer;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom mdb accept-shrink --json</c> prints.</summary>
/// <param name="Shrinks">The losses.</param>
/// <param name="Accepted">False after a dry run.</param>
internal sealed record MdbAcceptShrinkDocument(IReadOnlyList<RefusedShrink> Shrinks, bool Accepted);
