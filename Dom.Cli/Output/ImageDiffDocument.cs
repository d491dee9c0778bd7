namespace Dom.Cli.Output;

/// <summary>What <c>dom image diff --json</c> prints.</summary>
/// <param name="Old">The first image.</param>
/// <param name="New">The second image, or a directory.</param>
/// <param name="Manifest">Parts of the manifests that differ: <c>mode</c>, <c>filter</c>, <c>triggers</c>, <c>links</c>.</param>
/// <param name="Filter">Lines of the filter that only one of them has.</param>
/// <param name="Triggers">Triggers that only one of them has, as one line each.</param>
/// <param name="Packages">Packages that differ.</param>
/// <param name="Differences">Paths that differ.</param>
internal sealed record ImageDiffDocument(
    string Old,
    string New,
    IReadOnlyList<string> Manifest,
    IReadOnlyList<LineChange> Filter,
    IReadOnlyList<LineChange> Triggers,
    IReadOnlyList<PackageEntry> Packages,
    IReadOnlyList<DifferenceEntry> Differences);
