namespace Dom.Roles.Sub.Scanning;

/// <summary>Whether the kernel is asked to tell changes.</summary>
public enum NoticeMode
{
    /// <summary>Where kernel, file system and privileges allow it.</summary>
    Auto,

    /// <summary>No: only sweeps find changes.</summary>
    Off,
}
