using System.Diagnostics;
using System.Globalization;
using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Places at which a test can have this process killed, to prove that an update survives it. Off without the variable.</summary>
/// <remarks>
/// <c>DOM_FAILPOINT=name[:count]</c> sends SIGKILL to the process at the count-th time (from 1) it comes by. <c>DOM_FAILPOINT=no-sync</c>, alone or before a name
/// and a comma, switches off all syncing, to prove that the tests of power failures notice it.
/// </remarks>
public static class FailPoint
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "DOM_FAILPOINT";

    /// <summary>The word that switches off syncing.</summary>
    public const string NoSync = "no-sync";

    internal const string Staged = "prepare.staged";
    internal const string Synced = "prepare.synced";
    internal const string JournalCreated = "journal.created";
    internal const string JournalStep = "journal.step";
    internal const string JournalSwap = "journal.swap";
    internal const string JournalSwapping = "journal.swapping";
    internal const string JournalDone = "journal.done";
    internal const string JournalFinished = "journal.finished";
    internal const string JournalRemoved = "journal.removed";
    internal const string Install = "swap.install";
    internal const string Installed = "swap.installed";
    internal const string Exchange = "swap.exchange";
    internal const string Exchanged = "swap.exchanged";
    internal const string Metadata = "swap.metadata";
    internal const string MetadataSet = "swap.metadata-set";
    internal const string Remove = "swap.remove";
    internal const string Removed = "swap.removed";
    internal const string RemoveDirectory = "swap.remove-directory";
    internal const string RemovedDirectory = "swap.removed-directory";
    internal const string Swapped = "swap.swapped";
    internal const string PreviousMark = "previous.mark";
    internal const string PreviousMarked = "previous.marked";
    internal const string PreviousMove = "previous.move";
    internal const string PreviousMoved = "previous.moved";
    internal const string PreviousDrop = "previous.drop";
    internal const string PreviousDropped = "previous.dropped";
    internal const string PreviousLink = "previous.link";
    internal const string PreviousLinked = "previous.linked";
    internal const string WayBackDue = "way-back.due";
    internal const string WayBackBegins = "way-back.begins";
    internal const string WayBackApplied = "way-back.applied";
    internal const string WayBackNoted = "way-back.noted";
    internal const string RebootDue = "reboot.due";
    internal const string RebootNoted = "reboot.noted";
    internal const string RebootBegins = "reboot.begins";
    internal const string ServicesRecord = "services.record";
    internal const string ServicesRecorded = "services.recorded";
    internal const string ServiceStop = "service.stop";
    internal const string ServiceStopped = "service.stopped";
    internal const string ServiceStart = "service.start";
    internal const string ServiceStarted = "service.started";

    /// <summary>Every name: those of an update, of keeping what it replaced, of the way back, and of a reboot.</summary>
    public static IReadOnlyList<string> Names => [.. UpdateNames, .. KeepingNames, .. WayBackNames, .. RebootNames];

    /// <summary>The names that every update comes by, in order.</summary>
    public static IReadOnlyList<string> UpdateNames { get; } =
    [
        JournalCreated, Staged, JournalStep, Synced, ServicesRecord, ServicesRecorded, ServiceStop, ServiceStopped, JournalSwap, JournalSwapping,
        Install, Installed, Exchange, Exchanged, Metadata, MetadataSet, Remove, Removed, RemoveDirectory, RemovedDirectory, Swapped,
        ServiceStart, ServiceStarted, JournalDone, JournalFinished, JournalRemoved,
    ];

    /// <summary>The names that an update to another image comes by in addition.</summary>
    public static IReadOnlyList<string> KeepingNames { get; } = [PreviousMark, PreviousMarked, PreviousMove, PreviousMoved];

    /// <summary>The names that the way back comes by, beside those of an update.</summary>
    public static IReadOnlyList<string> WayBackNames { get; } =
    [
        WayBackDue, WayBackBegins, PreviousLink, PreviousLinked, WayBackApplied, WayBackNoted, PreviousDrop, PreviousDropped,
    ];

    /// <summary>The names that an update with a reboot comes by in addition.</summary>
    public static IReadOnlyList<string> RebootNames { get; } = [RebootDue, RebootNoted, RebootBegins];

    /// <summary>Told of each place that is passed, in this process; for tests.</summary>
    internal static Action<string>? Passing { get; set; }

    private static readonly (string Name, int Count) Armed = Parse(Environment.GetEnvironmentVariable(Variable));
    private static int _hits;

    /// <summary>Kills the process when the variable says so.</summary>
    internal static void Pass(string name)
    {
        Passing?.Invoke(name);
        if (ReferenceEquals(Armed.Name, name) && Interlocked.Increment(ref _hits) == Armed.Count)
        {
            const int kill = 9;
            ProcessControl.Signal(Environment.ProcessId, kill);
            throw new UnreachableException();
        }
    }

    /// <summary>Reads the variable: to be called before anything is synced. Later calls do nothing.</summary>
    /// <exception cref="InvalidOperationException">The variable names no fail point.</exception>
    internal static void Arm() => _ = Armed;

    private static (string, int) Parse(string? value)
    {
        const string noSyncAnd = NoSync + ",";
        if (value is not null && (value == NoSync || value.StartsWith(noSyncAnd, StringComparison.Ordinal)))
        {
            Durability.IsOff = true;
            value = value[Math.Min(noSyncAnd.Length, value.Length)..];
        }

        if (string.IsNullOrEmpty(value))
        {
            return ("", 0);
        }

        var colon = value.IndexOf(':', StringComparison.Ordinal);
        var name = colon < 0 ? value : value[..colon];
        var count = 1;
        var known = Names.FirstOrDefault(n => n == name);
        return known is not null && (colon < 0 || int.TryParse(value.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count))
            ? (known, count)
            : throw new InvalidOperationException($"{Variable}={value} names no fail point; write one of {string.Join(", ", Names)}, with :count when not at the first time, or {NoSync}");
    }
}
