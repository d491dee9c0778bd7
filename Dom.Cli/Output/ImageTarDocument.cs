namespace Dom.Cli.Output;

/// <summary>What <c>dom image tar --json</c> prints.</summary>
internal sealed record ImageTarDocument(ImageEntry Image, string File, long Bytes, double Seconds, IReadOnlyList<LeftOutEntry> LeftOut);
