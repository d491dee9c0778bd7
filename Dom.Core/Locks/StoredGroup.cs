namespace Dom.Core.Locks;

/// <summary>A group as it stands in a store.</summary>
/// <param name="State">Its state.</param>
/// <param name="Revision">The store's mark of this very content; above 0.</param>
public sealed record StoredGroup(GroupState State, long Revision);
