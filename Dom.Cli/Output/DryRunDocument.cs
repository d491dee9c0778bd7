namespace Dom.Cli.Output;

/// <summary>What <c>--dry-run --json</c> prints: what the same command without <c>--dry-run</c> would do now.</summary>
/// <param name="DryRun">Always true: nothing was changed.</param>
/// <param name="Summary">All of it in one sentence, beginning with "would".</param>
/// <param name="Changes">What would change, one entry for each machine, image or setting.</param>
/// <param name="Failures">What could not be done, and why.</param>
internal sealed record DryRunDocument(bool DryRun, string Summary, IReadOnlyList<DryRunChange> Changes, IReadOnlyList<DryRunFailure> Failures);
