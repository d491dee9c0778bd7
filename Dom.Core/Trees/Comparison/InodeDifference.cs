namespace Dom.Core.Trees.Comparison;

/// <summary>Kinds of difference between two inodes.</summary>
internal static class InodeDifference
{
    /// <summary>True when content, owner, mode and extended attributes are the same: what is left is the modification time.</summary>
    public static bool DiffersInTimeOnly(this in Inode old, in Inode wanted) =>
        old.SameContent(wanted) && old.Mode == wanted.Mode && old.Uid == wanted.Uid && old.Gid == wanted.Gid && old.SameXattrs(wanted);
}
