namespace Dom.Cli.Output;

/// <summary>What <c>dom completion --json</c> prints.</summary>
/// <param name="Shell">The shell.</param>
/// <param name="Script">The script that makes it complete.</param>
internal sealed record CompletionDocument(string Shell, string Script);
