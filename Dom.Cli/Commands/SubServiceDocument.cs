namespace Dom.Cli.Commands;

/// <summary>What <c>dom sub restart-service --json</c> prints.</summary>
internal sealed record SubServiceDocument(string Host, string Service);
