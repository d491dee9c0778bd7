using System.Globalization;

namespace Dom.Core.Contracts.Subd;

/// <summary>
/// The sizes of a <see cref="PollResponse"/>. A sub cuts what it reports to them; a master keeps nothing that exceeds them, since root on one
/// machine must not be able to fill the memory of those that care for all machines.
/// </summary>
public static class PollLimits
{
    /// <summary>Most bytes of a whole answer.</summary>
    public const int MaxBytes = 256 * 1024;

    /// <summary>Most characters of an explanation.</summary>
    public const int MaxText = 1024;

    /// <summary>Most characters of a name: of an image, a version, a master, a code.</summary>
    public const int MaxName = 256;

    /// <summary>Most entries of a list.</summary>
    public const int MaxEntries = 1000;

    /// <summary>Most characters, or bytes of paths, of all entries of a list together.</summary>
    public const int MaxListText = 32 * 1024;

    /// <summary>Most services of which lines are reported.</summary>
    public const int MaxLogs = 8;

    /// <summary>Most lines of one service.</summary>
    public const int MaxLogLines = 20;

    /// <summary>Most characters of one line.</summary>
    public const int MaxLogLine = 512;

    /// <summary>More than any count of files, steps or updates can be.</summary>
    private const long MaxCount = 1L << 40;

    /// <summary>What about an answer exceeds the limits or cannot be; null when nothing does.</summary>
    public static string? Breach(PollResponse answer) =>
        BreachOfTexts(answer) ?? BreachOfLists(answer) ?? BreachOfCounts(answer) ?? (answer.Plan is { } plan ? Breach(plan) : null);

    /// <summary>What about a plan's sizes cannot be; null when nothing does.</summary>
    public static string? Breach(PlanSummary plan) =>
        TooMany("Plan.Services", plan.Services, MaxName)
        ?? Impossible("Plan.Steps", plan.Steps)
        ?? Impossible("Plan.MachineInodes", plan.MachineInodes)
        ?? Impossible("Plan.ImageInodes", plan.ImageInodes)
        ?? Impossible("Plan.Creations", plan.Creations)
        ?? Impossible("Plan.Changes", plan.Changes)
        ?? Impossible("Plan.Deletions", plan.Deletions)
        ?? Impossible("Plan.ObjectsToFetch", plan.ObjectsToFetch)
        ?? Negative("Plan.BytesToFetch", plan.BytesToFetch)
        ?? Negative("Plan.Held", plan.Held)
        ?? Negative("Plan.Blocked", plan.Blocked)
        ?? Negative("Plan.Unknown", plan.Unknown)
        ?? Negative("Plan.MissingComputed", plan.MissingComputed)
        ?? Negative("Plan.Contested", plan.Contested)
        ?? (plan.Id.IsNone && plan.Steps > 0 ? $"Plan.Steps is {plan.Steps}, and the plan has no id" : null);

    /// <summary>The answer with everything cut that would exceed the limits.</summary>
    public static PollResponse Fit(PollResponse answer) => answer with
    {
        BootId = Cut(answer.BootId, MaxName),
        Version = Cut(answer.Version, MaxName),
        AppliedImage = Cut(answer.AppliedImage, MaxName),
        LastFetchError = Cut(answer.LastFetchError, MaxText),
        LastUpdateError = Cut(answer.LastUpdateError, MaxText),
        LastUpdateErrorCode = Cut(answer.LastUpdateErrorCode, MaxName),
        Shortage = Cut(answer.Shortage, MaxText),
        LastWriteError = Cut(answer.LastWriteError, MaxText),
        NoticeFault = Cut(answer.NoticeFault, MaxText),
        SpeedsSet = Cut(answer.SpeedsSet, MaxText),
        OtherMaster = Cut(answer.OtherMaster, MaxName),
        HeldBy = answer.HeldBy is { } holder ? holder with { Master = Cut(holder.Master, MaxName), User = Cut(holder.User, MaxName) } : null,
        RolledBackReason = Cut(answer.RolledBackReason, MaxText),
        FailedServices = Fit(answer.FailedServices, static s => Cut(s, MaxName), static s => s.Length),
        DisruptionReason = Cut(answer.DisruptionReason, MaxText),
        RebootReason = Cut(answer.RebootReason, MaxText),
        ServiceLogs = Fit(
            [.. answer.ServiceLogs.Take(MaxLogs)],
            static log => new ServiceLog { Service = Cut(log.Service, MaxName), Lines = [.. log.Lines.TakeLast(MaxLogLines).Select(static line => Cut(line, MaxLogLine))] },
            Size),
        NotHeld = Fit(answer.NotHeld, static s => Cut(s, MaxText), static s => s.Length),
        ContestedPaths = Fit(answer.ContestedPaths, static c => c with { Writer = Cut(c.Writer, MaxName) }, static c => c.Path.Length + c.Writer.Length),
        KeptPaths = Fit(answer.KeptPaths, static p => p, static p => p.Length),
        Plan = answer.Plan is { } plan ? plan with { Services = Fit(plan.Services, static s => Cut(s, MaxName), static s => s.Length) } : null,
    };

    private static string? BreachOfTexts(PollResponse answer) =>
        TooLong(nameof(answer.BootId), answer.BootId, MaxName)
        ?? TooLong(nameof(answer.Version), answer.Version, MaxName)
        ?? TooLong(nameof(answer.AppliedImage), answer.AppliedImage, MaxName)
        ?? TooLong(nameof(answer.LastFetchError), answer.LastFetchError, MaxText)
        ?? TooLong(nameof(answer.LastUpdateError), answer.LastUpdateError, MaxText)
        ?? TooLong(nameof(answer.LastUpdateErrorCode), answer.LastUpdateErrorCode, MaxName)
        ?? TooLong(nameof(answer.Shortage), answer.Shortage, MaxText)
        ?? TooLong(nameof(answer.LastWriteError), answer.LastWriteError, MaxText)
        ?? TooLong(nameof(answer.NoticeFault), answer.NoticeFault, MaxText)
        ?? TooLong(nameof(answer.SpeedsSet), answer.SpeedsSet, MaxText)
        ?? TooLong(nameof(answer.OtherMaster), answer.OtherMaster, MaxName)
        ?? TooLong("HeldBy.Master", answer.HeldBy?.Master ?? "", MaxName)
        ?? TooLong("HeldBy.User", answer.HeldBy?.User ?? "", MaxName)
        ?? TooLong(nameof(answer.RolledBackReason), answer.RolledBackReason, MaxText)
        ?? TooLong(nameof(answer.DisruptionReason), answer.DisruptionReason, MaxText)
        ?? TooLong(nameof(answer.RebootReason), answer.RebootReason, MaxText);

    private static string? BreachOfLists(PollResponse answer) =>
        TooMany(nameof(answer.FailedServices), answer.FailedServices, MaxName)
        ?? TooMany(nameof(answer.NotHeld), answer.NotHeld, MaxText)
        ?? TooManyLogs(answer.ServiceLogs)
        ?? TooMany(nameof(answer.ContestedPaths), answer.ContestedPaths, static c => c.Path.Length + c.Writer.Length)
        ?? TooMany(nameof(answer.KeptPaths), answer.KeptPaths, static p => p.Length);

    private static string? TooManyLogs(IReadOnlyList<ServiceLog> logs) =>
        logs.Count > MaxLogs ? Say($"ServiceLogs has {logs.Count} entries; at most {MaxLogs} are taken")
        : TooMany(nameof(PollResponse.ServiceLogs), logs, Size)
            ?? logs.Select(static (log, i) => log.Lines.Count > MaxLogLines
                ? Say($"ServiceLogs[{i}].Lines has {log.Lines.Count} entries; at most {MaxLogLines} are taken")
                : TooLong($"ServiceLogs[{i}].Service", log.Service, MaxName) ?? TooMany($"ServiceLogs[{i}].Lines", log.Lines, MaxLogLine)).FirstOrDefault(static fault => fault is not null);

    private static int Size(ServiceLog log) => log.Service.Length + log.Lines.Sum(static line => line.Length);

    private static string? BreachOfCounts(PollResponse answer) =>
        Impossible(nameof(answer.UpdatesDone), answer.UpdatesDone)
        ?? Impossible(nameof(answer.ScanCount), answer.ScanCount)
        ?? Impossible(nameof(answer.Inodes), answer.Inodes)
        ?? Negative(nameof(answer.DriftNumber), answer.DriftNumber)
        ?? Negative(nameof(answer.FreeBytes), answer.FreeBytes)
        ?? Negative(nameof(answer.HotFiles), answer.HotFiles)
        ?? Negative(nameof(answer.Contested), answer.Contested)
        ?? Negative(nameof(answer.Kept), answer.Kept)
        ?? Negative("HeldBy.LastPoll", answer.HeldBy?.LastPoll.Ticks ?? 0)
        ?? Negative("HeldBy.Remaining", answer.HeldBy?.Remaining.Ticks ?? 0)
        ?? Negative(nameof(answer.PreviousBytes), answer.PreviousBytes)
        ?? Negative(nameof(answer.LastSwap), answer.LastSwap.Ticks)
        ?? Negative(nameof(answer.LastScan), answer.LastScan.Ticks);

    private static string? TooLong(string what, string text, int most) =>
        text.Length > most ? Say($"{what} has {text.Length} characters; at most {most} are taken") : null;

    private static string? TooMany(string what, IReadOnlyList<string> list, int most) =>
        TooMany(what, list, static s => s.Length) ?? list.Select((text, i) => TooLong($"{what}[{i}]", text, most)).FirstOrDefault(fault => fault is not null);

    private static string? TooMany<T>(string what, IReadOnlyList<T> list, Func<T, int> size) =>
        list.Count > MaxEntries ? Say($"{what} has {list.Count} entries; at most {MaxEntries} are taken")
        : list.Sum(entry => (long)size(entry)) is > MaxListText and var all ? Say($"{what} has {all} characters; at most {MaxListText} are taken")
        : null;

    private static string? Impossible(string what, long count) =>
        Negative(what, count) ?? (count > MaxCount ? Say($"{what} is {count}, more than any machine has") : null);

    private static string? Negative(string what, long count) => count < 0 ? Say($"{what} is negative ({count})") : null;

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static List<T> Fit<T>(IReadOnlyList<T> list, Func<T, T> cut, Func<T, int> size)
    {
        var fitting = new List<T>(Math.Min(list.Count, MaxEntries));
        var room = MaxListText;
        foreach (var entry in list.Take(MaxEntries).Select(cut))
        {
            room -= size(entry);
            if (room < 0)
            {
                break;
            }

            fitting.Add(entry);
        }

        return fitting;
    }

    /// <summary>The beginning of a text that is too long, with a mark; never half of a surrogate pair.</summary>
    private static string Cut(string text, int most)
    {
        if (text.Length <= most)
        {
            return text;
        }

        var end = char.IsHighSurrogate(text[most - 2]) ? most - 2 : most - 1;
        return string.Concat(text.AsSpan(0, end), "…");
    }
}
