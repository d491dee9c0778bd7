using Dom.Core.Images;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Triggers;

namespace Dom.Roles.Sub.Images;

/// <summary>An image whose manifest is here, ready to be compared with. Its blocks are read when they are needed.</summary>
/// <param name="Digest">Digest of the manifest.</param>
/// <param name="Manifest">The manifest.</param>
/// <param name="Tree">The tree.</param>
/// <param name="Filter">The compiled filter.</param>
/// <param name="Triggers">The compiled triggers.</param>
internal sealed record LoadedImage(ObjectId Digest, Manifest Manifest, FileTree Tree, PathFilter Filter, TriggerSet Triggers)
{
    /// <summary>True when what the image lacks stays (rule 11).</summary>
    public bool IsSparse => Manifest.Mode == ImageMode.Sparse;
}
