namespace Dom.Core.Trees.Comparison;

/// <summary>Names that must be one inode.</summary>
internal sealed class LinkUnit
{
    /// <summary>A unit of names in order, which the image must describe alike.</summary>
    public LinkUnit(List<LinkedName> names)
    {
        Names = names;
        foreach (var name in names)
        {
            var (first, other) = (names[0].Image.ReadInode(), name.Image.ReadInode());
            if (!first.SameContent(other) || !first.SameMetadata(other))
            {
                throw new CorruptTreeException($"the image links '{names[0].Path}' and '{name.Path}' but describes them differently; build it again");
            }
        }
    }

    /// <summary>The names, sorted.</summary>
    public List<LinkedName> Names { get; }

    /// <summary>The inode of the machine that stays for these names; null when a new one must be made.</summary>
    public LinkCandidate? Keeper { get; set; }
}
