namespace Dom.Cli.Output;

/// <summary>What <c>dom image match-triggers --json</c> prints.</summary>
internal sealed record TriggerMatchDocument(IReadOnlyList<TriggerMatchEntry> Triggers);
