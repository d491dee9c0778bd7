using Dom.Core.Trees.Triggers;

namespace Dom.Cli.Output;

/// <summary>What <c>dom image merge-triggers --json</c> prints.</summary>
internal sealed record TriggersDocument(IReadOnlyList<Trigger> Triggers);
