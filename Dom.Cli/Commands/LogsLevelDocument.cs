namespace Dom.Cli.Commands;

/// <summary>What <c>dom logs level --json</c> prints.</summary>
/// <param name="Roles">One for each target, in their order.</param>
internal sealed record LogsLevelDocument(IReadOnlyList<LogsRoleLevels> Roles);
