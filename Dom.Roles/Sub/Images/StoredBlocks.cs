using Dom.Core.Objects;
using Dom.Core.Trees;

namespace Dom.Roles.Sub.Images;

/// <summary>Blocks of images from the store on disk, verified each time they are read: a rotten one is removed and counts as missing.</summary>
internal sealed class StoredBlocks(FileObjectStore store) : IBlockSource
{
    /// <inheritdoc/>
    public Block Get(ObjectId digest)
    {
        byte[] bytes;
        try
        {
            bytes = store.ReadAll(digest, TreeFormat.MaxBlockBytes);
        }
        catch (ObjectNotFoundException)
        {
            throw new MissingBlockException(digest);
        }
        catch (CorruptObjectException)
        {
            store.Remove(digest);
            throw new MissingBlockException(digest);
        }

        var block = Block.Of(bytes);
        if (block.Digest != digest)
        {
            store.Remove(digest);
            throw new MissingBlockException(digest);
        }

        return block;
    }
}
