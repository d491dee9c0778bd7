using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>A block that a tree names is not there.</summary>
public sealed class MissingBlockException(ObjectId digest) : Exception($"block {digest} is not stored here")
{
    /// <summary>The block that is missing.</summary>
    public ObjectId Digest { get; } = digest;
}
