namespace Dom.Cli.Output;

/// <summary>The document of <c>dom config check --json</c>; faults come as an error document instead.</summary>
internal sealed record ConfigCheckDocument(bool Good, int KeysSet);
