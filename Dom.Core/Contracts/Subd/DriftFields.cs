namespace Dom.Core.Contracts.Subd;

/// <summary>In what a path deviated from the image. Numbers are part of the protocol.</summary>
[Flags]
public enum DriftFields : byte
{
    /// <summary>In nothing that is compared.</summary>
    None = 0,

    /// <summary>Another kind of inode.</summary>
    Kind = 1,

    /// <summary>Content of a file, target of a symlink, number of a device.</summary>
    Content = 2,

    /// <summary>Permission bits.</summary>
    Mode = 4,

    /// <summary>Owner or group.</summary>
    Owner = 8,

    /// <summary>Extended attributes.</summary>
    Attributes = 16,

    /// <summary>Modification time.</summary>
    Time = 32,

    /// <summary>Which names belong to one file.</summary>
    Link = 64,
}
