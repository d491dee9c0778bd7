namespace Dom.Roles.Sub.Update;

/// <summary>What is done with a service around a swap. Numbers are stored.</summary>
public enum ServiceVerb : byte
{
    /// <summary>Before the swap.</summary>
    Stop = 1,

    /// <summary>After the swap; also puts right what an update that went no further had stopped.</summary>
    Start = 2,

    /// <summary>After the swap, without a stop: the service reads its files again.</summary>
    Reload = 3,

    /// <summary>After the swap, without a stop before: for the service that runs the sub.</summary>
    Restart = 4,

    /// <summary>After everything else: the machine restarts. No action like the others: it is noted with the end of the update, and carried out when that is reported.</summary>
    Reboot = 5,

    /// <summary>After the swap, before anything else: the service manager reads its units anew.</summary>
    ReloadUnits = 6,
}
