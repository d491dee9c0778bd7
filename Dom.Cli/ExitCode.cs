namespace Dom.Cli;

/// <summary>What the program returns to its caller. The numbers are a contract; they are documented and never change.</summary>
public static class ExitCode
{
    /// <summary>Done, or there was nothing to do.</summary>
    public const int Done = 0;

    /// <summary>Failed, nothing more specific.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the configuration is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Finished, but some machines or things failed or were skipped; they are listed.</summary>
    public const int Partial = 3;

    /// <summary>A difference was found by a command that looks for one.</summary>
    public const int Drift = 4;

    /// <summary>Refused by policy: a safety stop, a lock, an emergency stop.</summary>
    public const int Refused = 5;

    /// <summary>The certificate is not accepted or does not allow this; trying again is pointless.</summary>
    public const int Denied = 6;

    /// <summary>A server cannot be reached or did not answer in time; trying again may help.</summary>
    public const int Unreachable = 7;

    /// <summary>The named thing does not exist.</summary>
    public const int NotFound = 8;

    /// <summary>Stored data is damaged.</summary>
    public const int Corrupt = 9;

    /// <summary>An update replaced the program: the service manager is to start the new one. Only <c>dom run</c> under a service manager ends with it.</summary>
    public const int Replaced = 10;

    /// <summary>Ended by Ctrl-C (SIGINT).</summary>
    public const int Interrupted = 130;

    /// <summary>Ended by SIGTERM.</summary>
    public const int Terminated = 143;
}
