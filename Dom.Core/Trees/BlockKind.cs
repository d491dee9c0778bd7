namespace Dom.Core.Trees;

/// <summary>What a block holds. The numbers are part of the block format.</summary>
public enum BlockKind : byte
{
    /// <summary>The sorted entries of a directory, or of one part of a large directory.</summary>
    Directory = 0,

    /// <summary>256 child blocks of a large directory or link table, chosen by a byte of SHA-256(name).</summary>
    FanOut = 1,

    /// <summary>The root of a tree: format version, root directory, link table.</summary>
    TreeRoot = 2,

    /// <summary>Groups of paths that are hard links of one file.</summary>
    Links = 3,
}
