namespace Dom.Core.Trees.Scanning;

/// <summary>What a machine's tree, or a part of it, holds.</summary>
public readonly record struct MachineCounts
{
    /// <summary>Entries of all kinds; the names of one file count each.</summary>
    public long Inodes { get; init; }

    /// <summary>Directories that were read, the topmost included.</summary>
    public long Directories { get; init; }

    /// <summary>Bytes of regular files.</summary>
    public long Bytes { get; init; }

    /// <summary>Entries that could not be read.</summary>
    public long Unknown { get; init; }

    /// <summary>Names of files whose content has not been read yet.</summary>
    public long Unread { get; init; }

    /// <summary>Names of files that had several names.</summary>
    public long LinkedNames { get; init; }

    internal MachineCounts Plus(in MachineCounts other) => new()
    {
        Inodes = Inodes + other.Inodes,
        Directories = Directories + other.Directories,
        Bytes = Bytes + other.Bytes,
        Unknown = Unknown + other.Unknown,
        Unread = Unread + other.Unread,
        LinkedNames = LinkedNames + other.LinkedNames,
    };
}
