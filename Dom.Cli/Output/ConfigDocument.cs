namespace Dom.Cli.Output;

/// <summary>The document of <c>dom config show --json</c>.</summary>
internal sealed record ConfigDocument(IReadOnlyList<ConfigEntry> Keys);
