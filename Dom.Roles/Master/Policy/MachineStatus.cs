namespace Dom.Roles.Master.Policy;

/// <summary>What a machine is doing or why it is not compliant. <see cref="MachineStatuses"/> has the words; docs/master.md explains each.</summary>
public enum MachineStatus
{
    /// <summary>Not contacted since the master started.</summary>
    Unknown,

    /// <summary>The first connection, or one after a loss, is being made.</summary>
    Connecting,

    /// <summary>The name cannot be resolved.</summary>
    DnsError,

    /// <summary>Nothing listens at the address.</summary>
    ConnectionRefused,

    /// <summary>The network does not lead there.</summary>
    NoRoute,

    /// <summary>No answer to the connection.</summary>
    ConnectTimeout,

    /// <summary>A certificate was refused, on one side or the other.</summary>
    BadCertificate,

    /// <summary>Connecting failed otherwise.</summary>
    ConnectFailed,

    /// <summary>The sub does not let this master poll.</summary>
    PollDenied,

    /// <summary>The connection works, polling does not.</summary>
    PollFailed,

    /// <summary>Another master holds the machine; nothing more is known of it.</summary>
    HeldByOther,

    /// <summary>The sub cannot write its private directory.</summary>
    Unwritable,

    /// <summary>The sub has not finished its first scan.</summary>
    SubNotReady,

    /// <summary>The machine list requires no image.</summary>
    ImageUndefined,

    /// <summary>The required image cannot be read, by the master or by the sub.</summary>
    ImageNotReady,

    /// <summary>The required image cannot be used by the sub.</summary>
    ImageUnusable,

    /// <summary>The machine has too little space for what it must fetch.</summary>
    InsufficientSpace,

    /// <summary>The machine waits for its turn to read from the image server.</summary>
    WaitingToFetch,

    /// <summary>The sub is reading from the image server.</summary>
    Fetching,

    /// <summary>The sub does not let this master direct a fetch.</summary>
    FetchDenied,

    /// <summary>Reading objects failed; it is tried again.</summary>
    FetchFailed,

    /// <summary>The sub compares.</summary>
    ComputingUpdate,

    /// <summary>The image has computed files of which the machine lacks content.</summary>
    MissingComputedFile,

    /// <summary>Updates are stopped, for all or for this machine.</summary>
    UpdatesDisabled,

    /// <summary>The plan looks like a mistake and waits for a person.</summary>
    UnsafeUpdate,

    /// <summary>The image stopped rolling after failures.</summary>
    ImageHalted,

    /// <summary>The plan is of high impact, and the machine's disruption group has no room yet.</summary>
    DisruptionRequested,

    /// <summary>The plan is of high impact, and who decides for the machine says no.</summary>
    DisruptionDenied,

    /// <summary>The plan is of high impact, and the machine cannot ask who decides.</summary>
    DisruptionFailed,

    /// <summary>The brake gives the machine no turn yet.</summary>
    WaitingForTurn,

    /// <summary>The direction to update is under way.</summary>
    SendingUpdate,

    /// <summary>The sub carries out an update, or finishes one after a crash.</summary>
    Updating,

    /// <summary>The machine reboots for what an update brought, or waits to; while it is away it counts as this for a while.</summary>
    Rebooting,

    /// <summary>The sub does not let this master direct an update.</summary>
    UpdateDenied,

    /// <summary>The last update failed; it is tried again.</summary>
    UpdateFailed,

    /// <summary>The image was applied here and rolled back; it is not tried again before somebody says so or another one is required.</summary>
    RolledBack,

    /// <summary>The image failed here, and what was there before could not be brought back, or not wholly.</summary>
    WayBackFailed,

    /// <summary>Some paths are changed again as often as they are corrected; they are corrected once a minute.</summary>
    Contested,

    /// <summary>The files are right, services are not all running again.</summary>
    ServicesDown,

    /// <summary>The files are right, and the machine does not reboot for them by itself.</summary>
    RebootHeld,

    /// <summary>Everything that can be done is done; some paths cannot be brought to the image.</summary>
    Blocked,

    /// <summary>Some paths cannot be read, so the machine cannot be called compliant.</summary>
    Incomplete,

    /// <summary>In sync, and the image has yet to prove itself: its health command is run, and the update is not done before.</summary>
    AwaitingHealth,

    /// <summary>Compliant: the plan is empty, nothing is blocked or unknown.</summary>
    Synced,
}
