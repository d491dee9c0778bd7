namespace Dom.Cli.Output;

/// <summary>What <c>dom image diff --json</c> prints.</summary>
/// <param name="Old">The first image.</param>
/// <param name="New">The second image.</param>
/// <param name="Manifest">Parts of the manifests that differ: <c>mode</c>, <c>filter</c>, <c>triggers</c>, <c>links</c>.</param>
/// <param name="Differences">Paths that differ.</param>
internal sealed record ImageDiffDocument(string Old, string New, IReadOnlyList<string> Manifest, IReadOnlyList<DifferenceEntry> Differences);
