namespace Dom.Cli.Setup;

/// <summary>What <c>dom setup --json</c> prints.</summary>
internal sealed record SetupDocument(bool DryRun, IReadOnlyList<SetupStep> Steps);
