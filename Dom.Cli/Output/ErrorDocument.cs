namespace Dom.Cli.Output;

/// <summary>What a failed command prints with <c>--json</c>.</summary>
internal sealed record ErrorDocument(ErrorDetail Error);
