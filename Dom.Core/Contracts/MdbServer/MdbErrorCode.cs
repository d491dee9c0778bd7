namespace Dom.Core.Contracts.MdbServer;

/// <summary>Stable codes of the errors of <c>MdbServer</c>.</summary>
public static class MdbErrorCode
{
    /// <summary>There is no machine list yet.</summary>
    public const string NoList = "NoMachineList";

    /// <summary>No source has such a machine.</summary>
    public const string NoSuchMachine = "NoSuchMachine";

    /// <summary>No source has this name.</summary>
    public const string NoSuchSource = "NoSuchSource";

    /// <summary>The machine is not paused.</summary>
    public const string NotPaused = "NotPaused";

    /// <summary>The pause is of another user.</summary>
    public const string PausedByOther = "PausedByOther";

    /// <summary>The user pauses as many machines as allowed.</summary>
    public const string TooManyPauses = "TooManyPauses";

    /// <summary>The pause would be too short or too long.</summary>
    public const string BadDuration = "BadDuration";

    /// <summary>A reason must be given.</summary>
    public const string NoReason = "NoReason";

    /// <summary>Nothing waits to be accepted, or more machines are missing than the caller expects.</summary>
    public const string NothingAccepted = "NothingAccepted";

    /// <summary>Too many readers follow the list.</summary>
    public const string TooManyWatchers = "TooManyWatchers";
}
