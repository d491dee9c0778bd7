namespace Dom.Cli.Output;

/// <summary>What verbs about one image print: <c>find-latest</c> and <c>extend</c>.</summary>
internal sealed record ImageLatestDocument(ImageEntry Image, DateTimeOffset? ExpiresOn);
