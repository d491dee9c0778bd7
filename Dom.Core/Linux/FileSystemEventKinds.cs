namespace Dom.Core.Linux;

/// <summary>What happened, as fanotify numbers it. Events that came together are merged.</summary>
[Flags]
public enum FileSystemEventKinds : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Content was written or cut.</summary>
    Modified = 0x2,

    /// <summary>Owner, mode, times, attributes or the number of names changed.</summary>
    Attributes = 0x4,

    /// <summary>A file that was open for writing was closed.</summary>
    Written = 0x8,

    /// <summary>A name went away by a rename.</summary>
    MovedFrom = 0x40,

    /// <summary>A name came by a rename, in the place of another perhaps.</summary>
    MovedTo = 0x80,

    /// <summary>A name was made.</summary>
    Created = 0x100,

    /// <summary>A name was removed.</summary>
    Deleted = 0x200,

    /// <summary>Events were lost: more came than the queue holds.</summary>
    Overflow = 0x4000,

    /// <summary>It happened to a directory.</summary>
    Directory = 0x4000_0000,
}
