namespace Dom.Cli.Output;

/// <summary>What <c>dom image wait --json</c> prints.</summary>
internal sealed record ImageWaitDocument(ImageEntry Image, double Seconds);
