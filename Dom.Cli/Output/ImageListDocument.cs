namespace Dom.Cli.Output;

/// <summary>What <c>dom image list --json</c> prints.</summary>
internal sealed record ImageListDocument(IReadOnlyList<ImageEntry> Images);
