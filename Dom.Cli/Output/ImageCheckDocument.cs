namespace Dom.Cli.Output;

/// <summary>What <c>dom image check --json</c> prints.</summary>
internal sealed record ImageCheckDocument(string Name, long Blocks, long Objects, long Bytes, IReadOnlyList<string> Missing, IReadOnlyList<string> Corrupt);
