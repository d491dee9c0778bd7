namespace Dom.Roles.Sub.Scanning;

/// <summary>Whether changes are told by the kernel. Numbers are those of the metric.</summary>
internal enum NoticeState
{
    /// <summary>They are not, and only sweeps find them: see the reason.</summary>
    Unavailable = 0,

    /// <summary>They are.</summary>
    Watching = 1,

    /// <summary>More came than could be looked at one by one: sweeps find them, until one has seen everything.</summary>
    CatchingUp = 2,

    /// <summary>Switched off by the configuration.</summary>
    Off = 3,
}
