using Dom.Core.Rpc;
using Dom.Core.Trees;
using Dom.Core.Trees.Editing;
using Dom.Core.Trees.Filters;

namespace Dom.Core.Images.Sources;

/// <summary>What a source has to know of the push it is read for.</summary>
/// <param name="Server">The image server.</param>
/// <param name="Filter">Paths that are left out.</param>
/// <param name="Base">The tree on top of which the source comes; null for none.</param>
/// <param name="Progress">Told how far reading is.</param>
/// <param name="Time">The clock.</param>
internal sealed record PushContext(RpcChannel Server, PathFilter Filter, FileTree? Base, IProgress<PushProgress>? Progress, TimeProvider Time)
{
    /// <summary>Puts a tree on top of the base and takes away what the filter matches.</summary>
    /// <exception cref="PushException">The trees do not fit on each other.</exception>
    public FileTree Lay(FileTree upper, CancellationToken cancellationToken)
    {
        if (Base is null && Filter.IsEmpty)
        {
            return upper;
        }

        var tree = Begin(long.MaxValue, cancellationToken);
        try
        {
            tree.PutAll(upper, cancellationToken);
        }
        catch (TreeEditException e)
        {
            throw new PushException($"the tree cannot be laid on the base image: {e.Message}", e) { Code = PushException.Conflict };
        }

        return Finish(tree, cancellationToken);
    }

    /// <summary>A tree that holds the base, if there is one.</summary>
    public EditableTree Begin(long maxBytes, CancellationToken cancellationToken)
    {
        var tree = new EditableTree(maxBytes);
        if (Base is not null)
        {
            tree.PutAll(Base, cancellationToken);
        }

        return tree;
    }

    /// <summary>Takes away what the filter matches, and writes the tree.</summary>
    public FileTree Finish(EditableTree tree, CancellationToken cancellationToken)
    {
        tree.Remove(Filter, cancellationToken);
        return tree.Write(cancellationToken);
    }
}
