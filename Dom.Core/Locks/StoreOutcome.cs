namespace Dom.Core.Locks;

/// <summary>What became of a compare-and-swap.</summary>
/// <param name="Stored">True when it was made, and is durable.</param>
/// <param name="Current">What stands in the store now; null when there is nothing.</param>
public readonly record struct StoreOutcome(bool Stored, StoredGroup? Current);
