using Dom.Cli.Output;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom sub get-file --json</c> prints.</summary>
internal sealed record SubFileDocument(string Host, string File, TreeEntry Entry);
