namespace Dom.Roles.Sub.Update;

/// <summary>What one step of a swap does. Numbers are part of the journal.</summary>
internal enum SwapAction : byte
{
    /// <summary>Renames a staged inode over the path; where a directory is in the way or is brought, both change places.</summary>
    Install = 1,

    /// <summary>Sets owner, mode, attributes and time of what stands there.</summary>
    SetMetadata = 2,

    /// <summary>Removes the name of a non-directory.</summary>
    Remove = 3,

    /// <summary>Removes a directory that the steps before have emptied.</summary>
    RemoveDirectory = 4,

    /// <summary>Moves a directory away with everything in it; it is taken apart after the swap.</summary>
    RemoveTree = 5,
}
