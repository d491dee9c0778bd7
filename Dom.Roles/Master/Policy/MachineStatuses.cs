using System.Collections.Frozen;

namespace Dom.Roles.Master.Policy;

/// <summary>The words of the statuses, as upstream has them where it has the status, and the groups people ask for.</summary>
public static class MachineStatuses
{
    private static readonly FrozenDictionary<string, MachineStatus> ByWord =
        Enum.GetValues<MachineStatus>().ToFrozenDictionary(Word, StringComparer.Ordinal);

    /// <summary>All statuses in the order a healthy machine goes through them.</summary>
    public static IReadOnlyList<MachineStatus> All { get; } = Enum.GetValues<MachineStatus>();

    /// <summary>The words for people and programs.</summary>
    public static string Word(this MachineStatus status) => status switch
    {
        MachineStatus.Unknown => "unknown",
        MachineStatus.Connecting => "connecting",
        MachineStatus.DnsError => "DNS error",
        MachineStatus.ConnectionRefused => "connection refused",
        MachineStatus.NoRoute => "no route to host",
        MachineStatus.ConnectTimeout => "connect timeout",
        MachineStatus.BadCertificate => "connect failed: bad certificate",
        MachineStatus.ConnectFailed => "connect failed",
        MachineStatus.PollDenied => "poll denied",
        MachineStatus.PollFailed => "poll failed",
        MachineStatus.HeldByOther => "held by another master",
        MachineStatus.Unwritable => "unwritable",
        MachineStatus.SubNotReady => "sub not ready",
        MachineStatus.ImageUndefined => "image undefined",
        MachineStatus.ImageNotReady => "image not ready",
        MachineStatus.ImageUnusable => "image unusable",
        MachineStatus.InsufficientSpace => "insufficient space",
        MachineStatus.WaitingToFetch => "waiting to fetch",
        MachineStatus.Fetching => "fetching",
        MachineStatus.FetchDenied => "fetch denied",
        MachineStatus.FetchFailed => "fetch failed",
        MachineStatus.ComputingUpdate => "computing update",
        MachineStatus.MissingComputedFile => "missing computed file",
        MachineStatus.UpdatesDisabled => "updates disabled",
        MachineStatus.UnsafeUpdate => "unsafe update",
        MachineStatus.ImageHalted => "image halted",
        MachineStatus.DisruptionRequested => "disruption requested",
        MachineStatus.DisruptionDenied => "disruption denied",
        MachineStatus.DisruptionFailed => "disruption tool failed",
        MachineStatus.WaitingForTurn => "waiting for turn",
        MachineStatus.SendingUpdate => "sending update",
        MachineStatus.Updating => "updating",
        MachineStatus.Rebooting => "rebooting",
        MachineStatus.UpdateDenied => "update denied",
        MachineStatus.UpdateFailed => "update failed",
        MachineStatus.RolledBack => "rolled back",
        MachineStatus.WayBackFailed => "way back failed",
        MachineStatus.AwaitingHealth => "awaiting health",
        MachineStatus.Contested => "contested",
        MachineStatus.ServicesDown => "services down",
        MachineStatus.RebootHeld => "reboot held",
        MachineStatus.Blocked => "blocked",
        MachineStatus.Incomplete => "incomplete",
        MachineStatus.Synced => "synced",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "a status without a word"),
    };

    /// <summary>The status of these words.</summary>
    public static bool TryParse(string word, out MachineStatus status) => ByWord.TryGetValue(word, out status);

    /// <summary>True when the machine answers.</summary>
    public static bool IsAlive(this MachineStatus status) => status is not (MachineStatus.Unknown or MachineStatus.Connecting) && !status.IsUnreachable();

    /// <summary>True when contact was tried and failed.</summary>
    public static bool IsUnreachable(this MachineStatus status) => status is
        MachineStatus.DnsError or MachineStatus.ConnectionRefused or MachineStatus.NoRoute or MachineStatus.ConnectTimeout
        or MachineStatus.BadCertificate or MachineStatus.ConnectFailed or MachineStatus.PollDenied or MachineStatus.PollFailed;

    /// <summary>True when the machine answered and is known to differ from its image, or cannot be shown not to.</summary>
    public static bool IsDeviant(this MachineStatus status) => status.IsAlive() && status is not (MachineStatus.Synced or MachineStatus.HeldByOther);

    /// <summary>True when a person has to look: the machine will not become compliant by waiting.</summary>
    public static bool NeedsPerson(this MachineStatus status) => status is
        MachineStatus.Unwritable or MachineStatus.ImageUnusable or MachineStatus.InsufficientSpace or MachineStatus.FetchDenied
        or MachineStatus.MissingComputedFile or MachineStatus.UnsafeUpdate or MachineStatus.ImageHalted or MachineStatus.UpdateDenied
        or MachineStatus.UpdateFailed or MachineStatus.RolledBack or MachineStatus.WayBackFailed or MachineStatus.Contested or MachineStatus.ServicesDown or MachineStatus.RebootHeld or MachineStatus.DisruptionFailed or MachineStatus.Blocked or MachineStatus.Incomplete
        || status.IsUnreachable();
}
