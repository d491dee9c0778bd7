namespace Dom.Core.Trees.Comparison;

/// <summary>An inode of the machine with the content a unit wants.</summary>
/// <param name="Unit">The unit.</param>
/// <param name="Inode">What tells the inode from others.</param>
/// <param name="Names">Its names in the unit, sorted.</param>
/// <param name="Changes">Its metadata must be changed in place.</param>
internal sealed record LinkCandidate(LinkUnit Unit, object Inode, LinkedName[] Names, bool Changes)
{
    /// <summary>How many steps keeping it saves; halves decide between equals.</summary>
    public int Saved => (2 * Names.Length) - (Changes ? 1 : 0);
}
