using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>A whole file tree: its root digest and where its blocks are. An image's tree and a snapshot of a machine look alike.</summary>
/// <param name="Root">Digest of the <see cref="BlockKind.TreeRoot"/> block.</param>
/// <param name="Blocks">Where the blocks are.</param>
public sealed record FileTree(ObjectId Root, IBlockSource Blocks);
