using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>The leaves of a directory or a link table, whatever its form.</summary>
internal static class NodeLeaves
{
    /// <summary>The blocks below a node that are no fan-out nodes, or the node itself.</summary>
    /// <remarks>
    /// Each name belongs to one child only, so in the form that is written no block stands twice and none is empty. Without this check a few small nodes that
    /// name the same child again and again would stand for any number of blocks.
    /// </remarks>
    /// <param name="blocks">Where blocks are.</param>
    /// <param name="node">The topmost node.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <exception cref="CorruptTreeException">A block stands twice, has no entries, or is deeper than it can be.</exception>
    public static IEnumerable<Block> Of(IBlockSource blocks, ObjectId node, CancellationToken cancellationToken)
    {
        var top = blocks.Get(node);
        return top.Kind == BlockKind.FanOut ? Below(blocks, top, cancellationToken) : [top];
    }

    private static IEnumerable<Block> Below(IBlockSource blocks, Block top, CancellationToken cancellationToken)
    {
        var seen = new HashSet<ObjectId>();
        var open = new Stack<(Block Block, int Depth)>([(top, 0)]);
        while (open.TryPop(out var next))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (next.Block.Kind != BlockKind.FanOut)
            {
                yield return next.Block;
                continue;
            }

            if (next.Depth == ObjectId.Size)
            {
                throw new CorruptTreeException($"the fan-out node {top.Digest} is deeper than {ObjectId.Size} levels");
            }

            var isEmpty = true;
            foreach (var child in FanOutBlock.Read(next.Block))
            {
                if (child.IsNone)
                {
                    continue;
                }

                isEmpty = false;
                if (!seen.Add(child))
                {
                    throw new CorruptTreeException($"the block {child} stands twice below the fan-out node {top.Digest}");
                }

                open.Push((blocks.Get(child), next.Depth + 1));
            }

            if (isEmpty)
            {
                throw new CorruptTreeException($"the fan-out node {next.Block.Digest} has no children");
            }
        }
    }
}
