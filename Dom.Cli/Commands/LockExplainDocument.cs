namespace Dom.Cli.Commands;

/// <summary>What <c>dom lock explain --json</c> prints.</summary>
/// <param name="Group">The group.</param>
/// <param name="Id">Whom it is about.</param>
/// <param name="Holds">True when it holds a slot.</param>
/// <param name="Place">Its place in the queue, from 1; 0 when it has none.</param>
/// <param name="Kind">Why it gets no slot: held_by_it, lock_held, frozen, window_closed, pause, store_unavailable, not_asked; empty when it would get one.</param>
/// <param name="Explanation">The same in words.</param>
internal sealed record LockExplainDocument(string Group, string Id, bool Holds, int Place, string Kind, string Explanation);
