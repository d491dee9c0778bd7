namespace Dom.Cli.Commands;

/// <summary>What <c>dom logs print --json</c> prints.</summary>
/// <param name="Logs">One for each target, in their order.</param>
internal sealed record LogsPrintDocument(IReadOnlyList<LogsLogDocument> Logs);
