namespace Dom.Cli.Output;

/// <summary>What <c>dom image test-filter --json</c> prints.</summary>
internal sealed record FilterTestDocument(bool Inverted, IReadOnlyList<FilterTestEntry> Paths);
