using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>Where the blocks of a tree are read from: memory on a machine, a store on disk for images.</summary>
public interface IBlockSource
{
    /// <summary>The block of this digest; throws <see cref="MissingBlockException"/>.</summary>
    Block Get(ObjectId digest);
}
