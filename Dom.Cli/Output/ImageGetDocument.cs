namespace Dom.Cli.Output;

/// <summary>What <c>dom image get --json</c> prints.</summary>
internal sealed record ImageGetDocument(ImageEntry Image, string Directory, long BytesReceived, double Seconds, IReadOnlyList<LeftOutEntry> LeftOut);
