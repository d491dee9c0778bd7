namespace Dom.Cli.Output;

/// <summary>What <c>dom image merge-filters --json</c> prints.</summary>
internal sealed record FilterDocument(IReadOnlyList<string> Lines);
