using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager;

/// <summary>Log lines of the lock-manager: event ids 6000 to 6099.</summary>
internal static partial class LockManagerLog
{
    [LoggerMessage(6000, LogLevel.Information, "serving {Groups} groups of {Store} on {Address}")]
    public static partial void Serving(this ILogger log, int groups, string store, string address);

    [LoggerMessage(6001, LogLevel.Information, "group {Group}: {What} {Id} by {User} ({Reason}); {Available} free")]
    public static partial void Happened(this ILogger log, string group, string what, string id, string user, string reason, int available);

    [LoggerMessage(6002, LogLevel.Error, "group {Group}: nothing is granted, because the store fails: {Fault}")]
    public static partial void StoreFailed(this ILogger log, string group, string fault);

    [LoggerMessage(6003, LogLevel.Information, "group {Group}: the store answers again")]
    public static partial void StoreRecovered(this ILogger log, string group);

    [LoggerMessage(6004, LogLevel.Error, "a turn of group {Group} ended with an error")]
    public static partial void TurnFailed(this ILogger log, Exception fault, string group);

    [LoggerMessage(6005, LogLevel.Error, "the log of events cannot be written; it is tried again: {Fault}")]
    public static partial void EventsNotWritten(this ILogger log, string fault);

    [LoggerMessage(6006, LogLevel.Warning, "a line of the log of events is not used: {Fault}")]
    public static partial void EventUnread(this ILogger log, string fault);

    [LoggerMessage(6007, LogLevel.Warning, "group {Group}: {Id} holds its slot for longer than the expected {Expected}: look at the machine, or `dom lock unlock --force`")]
    public static partial void Overdue(this ILogger log, string group, string id, TimeSpan expected);

    [LoggerMessage(6008, LogLevel.Critical, "looking after the groups ended with an error; the role stops")]
    public static partial void LookFailed(this ILogger log, Exception fault);

    [LoggerMessage(6009, LogLevel.Warning, "{Fault}")]
    public static partial void MachinesUnread(this ILogger log, string fault);

    [LoggerMessage(6010, LogLevel.Debug, "group {Group} was looked after in vain: {Fault}")]
    public static partial void StillFailing(this ILogger log, string group, string fault);

    [LoggerMessage(6011, LogLevel.Error, "a request on the listener without client certificates failed")]
    public static partial void FrontFailed(this ILogger log, Exception fault);

    [LoggerMessage(6012, LogLevel.Information, "FleetLock and disruption requests are answered on {Address} ({How}), from {Networks}")]
    public static partial void ServingFronts(this ILogger log, string address, string how, string networks);

    [LoggerMessage(6013, LogLevel.Warning, "group {Group} has holders that are overdue, and whether their machines are up again is not known: {Fault}")]
    public static partial void BootIdsUnknown(this ILogger log, string group, string fault);
}
