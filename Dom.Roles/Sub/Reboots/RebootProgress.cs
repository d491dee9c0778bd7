namespace Dom.Roles.Sub.Reboots;

/// <summary>How far a reboot has come. Numbers are stored.</summary>
internal enum RebootProgress : byte
{
    /// <summary>The machine is to reboot.</summary>
    Due = 1,

    /// <summary>It has rebooted; kept to count.</summary>
    Done = 2,

    /// <summary>It should, and does not by itself.</summary>
    Held = 3,
}
