using Dom.Cli.Output;

namespace Dom.Cli.Commands;

/// <summary>What <c>dom sub ls --json</c> prints.</summary>
internal sealed record SubFilesDocument(string Host, IReadOnlyList<TreeEntry> Entries);
