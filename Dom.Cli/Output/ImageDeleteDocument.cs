namespace Dom.Cli.Output;

/// <summary>What <c>dom image delete --json</c> prints.</summary>
internal sealed record ImageDeleteDocument(ImageEntry Image, bool Deleted);
