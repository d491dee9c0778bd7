using Dom.Core.Objects;

namespace Dom.Core.Trees.Comparison;

/// <summary>Content a plan puts on the machine.</summary>
/// <param name="Id">The object.</param>
/// <param name="Size">Its bytes.</param>
public readonly record struct NeededObject(ObjectId Id, long Size);
