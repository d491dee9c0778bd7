namespace Dom.Core.Trees.Comparison;

/// <summary>What a step does to its path. The numbers are part of the plan id and the journal.</summary>
public enum PlanStepKind : byte
{
    /// <summary>Make a directory that is not there.</summary>
    MakeDirectory = 1,

    /// <summary>Put a new inode where nothing stands.</summary>
    Create = 2,

    /// <summary>
    /// Put a new inode in the place of another: of a non-directory (the new inode may be a directory, filled by later steps), or of a directory
    /// that earlier steps have emptied and that is removed by <c>rmdir</c>.
    /// </summary>
    Replace = 3,

    /// <summary>Change owner, mode, extended attributes or mtime of what stands there; the content is right.</summary>
    ChangeMetadata = 4,

    /// <summary>Make the path one more name of <see cref="PlanStep.LinkTarget"/>.</summary>
    Link = 5,

    /// <summary>Remove a non-directory.</summary>
    Delete = 6,

    /// <summary>Remove a directory after its listed entries; what appeared in it meanwhile holds it.</summary>
    RemoveDirectory = 7,

    /// <summary>Remove a directory with everything in it, listed or not: it reaches deeper than scans do, and deeper than any image.</summary>
    RemoveTree = 8,
}
