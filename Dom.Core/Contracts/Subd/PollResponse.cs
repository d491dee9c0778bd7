using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>The reported state of a sub. <see cref="Generation"/> counts its changes, never those of the tree.</summary>
[MessagePackObject]
public sealed partial record PollResponse
{
    /// <summary>Random number of the sub's process.</summary>
    public required ulong Epoch { get; init; }

    /// <summary>Number of the reported state within the epoch, from 1.</summary>
    public required ulong Generation { get; init; }

    /// <summary>The kernel's boot id.</summary>
    public string BootId { get; init; } = "";

    /// <summary>The sub's clock; shown, never used in a decision (rule 28).</summary>
    public DateTimeOffset Time { get; init; }

    /// <summary>When the sub's process started, by its clock.</summary>
    public DateTimeOffset StartTime { get; init; }

    /// <summary>Version of the sub's program.</summary>
    public string Version { get; init; } = "";

    /// <summary>What it is doing.</summary>
    public SubPhase Phase { get; init; }

    /// <summary>Plan id of the running update; none when none runs.</summary>
    public ObjectId RunningPlan { get; init; }

    /// <summary>Manifest of <see cref="PollRequest.Required"/> that <see cref="RequiredReadiness"/> and <see cref="Plan"/> speak of.</summary>
    public ObjectId RequiredManifest { get; init; }

    /// <summary>How much of the required image is here.</summary>
    public ImageReadiness RequiredReadiness { get; init; }

    /// <summary>The difference from the required image; null before it can be compared.</summary>
    public PlanSummary? Plan { get; init; }

    /// <summary>How much of the planned image is here.</summary>
    public ImageReadiness PlannedReadiness { get; init; }

    /// <summary>Manifest the last finished update brought; none before the first.</summary>
    public ObjectId AppliedManifest { get; init; }

    /// <summary>Name of that image.</summary>
    public string AppliedImage { get; init; } = "";

    /// <summary>Manifest of the update that was begun and is not finished; none otherwise.</summary>
    public ObjectId BegunManifest { get; init; }

    /// <summary>True while services that an update stopped are not all started again.</summary>
    public bool ServicesDown { get; init; }

    /// <summary>Why the last fetch failed; empty when it did not.</summary>
    public string LastFetchError { get; init; } = "";

    /// <summary>Plan id of the last update that ended.</summary>
    public ObjectId LastUpdatePlan { get; init; }

    /// <summary>Why the last update failed; empty when it did not.</summary>
    public string LastUpdateError { get; init; } = "";

    /// <summary>Stable code of <see cref="LastUpdateError"/>: PlanChanged, Halted, StopFailed, ….</summary>
    public string LastUpdateErrorCode { get; init; } = "";

    /// <summary>Services whose start or stop failed in the last update.</summary>
    public IReadOnlyList<string> FailedServices { get; init; } = [];

    /// <summary>What the last of them wrote; see <see cref="PollLimits.MaxLogs"/>.</summary>
    public IReadOnlyList<ServiceLog> ServiceLogs { get; init; } = [];

    /// <summary>Whether the machine is to reboot for what an update brought.</summary>
    public RebootState Reboot { get; init; }

    /// <summary>What the reboot waits for, or why there is none; may be empty.</summary>
    public string RebootReason { get; init; } = "";

    /// <summary>Whether the machine may be disrupted; <see cref="DisruptionState.None"/> unless an update of high impact was directed.</summary>
    public DisruptionState Disruption { get; init; }

    /// <summary>What was said with it; may be empty.</summary>
    public string DisruptionReason { get; init; } = "";

    /// <summary>Updates this process has finished.</summary>
    public long UpdatesDone { get; init; }

    /// <summary>How long the last swap took.</summary>
    public TimeSpan LastSwap { get; init; }

    /// <summary>Complete scans by this process.</summary>
    public long ScanCount { get; init; }

    /// <summary>How long the last complete scan took.</summary>
    public TimeSpan LastScan { get; init; }

    /// <summary>Inodes in the tree.</summary>
    public long Inodes { get; init; }

    /// <summary>Files that change faster than they can be hashed (rule 5).</summary>
    public int HotFiles { get; init; }

    /// <summary>Free bytes of the root file system, without those reserved for root.</summary>
    public long FreeBytes { get; init; }

    /// <summary>Which room is missing for the required image, what is there, and what to do; empty when there is enough.</summary>
    public string Shortage { get; init; } = "";

    /// <summary>Why the private directory cannot be written; empty when it can.</summary>
    public string LastWriteError { get; init; } = "";

    /// <summary>What the file system cannot hold, so that it is neither compared nor set (rule 6); empty when it can hold everything.</summary>
    public IReadOnlyList<string> NotHeld { get; init; } = [];

    /// <summary>Why the kernel does not tell changes, so that only looks at every file find them; empty when it does, or is not asked to.</summary>
    public string NoticeFault { get; init; } = "";

    /// <summary>Number of the hold that this poll has taken or kept; directions name it.</summary>
    public ulong Hold { get; init; }

    /// <summary>The master that holds the machine, when it is not the one that polls: a refusal. Nothing of the poll counted, and nothing is said about the machine.</summary>
    public MasterHold? HeldBy { get; init; }

    /// <summary>Another master that polled within the last minute, and was refused; empty when none.</summary>
    public string OtherMaster { get; init; } = "";

    /// <summary>Manifest that was rolled back here: it is not offered again until the required image changes or <c>Subd.Retry</c> (rule 25); none when there is none.</summary>
    public ObjectId RolledBackManifest { get; init; }

    /// <summary>Why it was rolled back.</summary>
    public string RolledBackReason { get; init; } = "";

    /// <summary>
    /// True while an image that an update has brought has to prove itself: its health command is run, and a failure brings back what was there. Until then the
    /// update is not done.
    /// </summary>
    public bool AwaitsHealth { get; init; }

    /// <summary>Bytes of the files that updates to the applied image replaced, kept for the way back.</summary>
    public long PreviousBytes { get; init; }

    /// <summary>Paths that are contested (rule 26).</summary>
    public int Contested { get; init; }

    /// <summary>The first 16 of them.</summary>
    public IReadOnlyList<ContestedPath> ContestedPaths { get; init; } = [];

    /// <summary>Id of the log of corrected deviations, for <c>Subd.GetDrift</c>.</summary>
    public ulong DriftLog { get; init; }

    /// <summary>Number of its newest record: how many deviations were ever corrected; 0 when none was.</summary>
    public long DriftNumber { get; init; }

    /// <summary>What replaced directories held unexpectedly, put aside into <c>.subd/kept</c> and still there: nothing that no plan has listed is ever removed.</summary>
    public int Kept { get; init; }

    /// <summary>The first 16 paths of such directories.</summary>
    public IReadOnlyList<UnixPath> KeptPaths { get; init; } = [];

    /// <summary>Speeds that a person set for this machine, in one line; empty when none did.</summary>
    public string SpeedsSet { get; init; } = "";

    /// <summary>True when bringing the machine to this image is a correction: it is the one applied last, and no other was begun since.</summary>
    public bool CorrectsTo(ObjectId manifest) =>
        !manifest.IsNone && AppliedManifest == manifest && (BegunManifest.IsNone || BegunManifest == manifest);
}
