namespace Dom.Cli.Output;

/// <summary>Something that could not become part of an image, or could not be unpacked.</summary>
internal sealed record LeftOutEntry(string Path, string Reason);
