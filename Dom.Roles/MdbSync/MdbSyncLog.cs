using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync;

/// <summary>Log lines of mdb-sync: event ids 5000 to 5099.</summary>
internal static partial class MdbSyncLog
{
    [LoggerMessage(5000, LogLevel.Information, "serving the machine list of {Sources} sources on {Address}; {Machines} machines from before the start")]
    public static partial void Serving(this ILogger log, int sources, string address, int machines);

    [LoggerMessage(5001, LogLevel.Information, "machine list {Generation}: {Machines} machines, {Changed} new or changed, {Removed} gone")]
    public static partial void Published(this ILogger log, long generation, int machines, int changed, int removed);

    [LoggerMessage(5002, LogLevel.Warning, "source {Source}: {Fault}. Its last good data of {Machines} machines stays in force.")]
    public static partial void SourceFailed(this ILogger log, string source, string fault, int machines);

    [LoggerMessage(5003, LogLevel.Information, "source {Source} is well again")]
    public static partial void SourceRecovered(this ILogger log, string source);

    [LoggerMessage(5004, LogLevel.Error, "the data of source {Source} cannot be saved, so a restart would begin with older data: {Fault}")]
    public static partial void SourceNotSaved(this ILogger log, string source, string fault);

    [LoggerMessage(5005, LogLevel.Error, "{What} in the state directory is not used: {Fault}")]
    public static partial void StateIgnored(this ILogger log, string what, string fault);

    [LoggerMessage(5006, LogLevel.Error, "a machine list is refused: {Fault}")]
    public static partial void ShrinkRefused(this ILogger log, string fault);

    [LoggerMessage(5007, LogLevel.Warning, "{User} accepted that {Lost} of {Of} machines of {Source} are gone: {Reason}")]
    public static partial void ShrinkAccepted(this ILogger log, string user, int lost, int of, string source, string reason);

    [LoggerMessage(5008, LogLevel.Error, "the machine list cannot be written to {Path}; it is tried again: {Fault}")]
    public static partial void NotWritten(this ILogger log, string path, string fault);

    [LoggerMessage(5009, LogLevel.Information, "{Host} is paused by {User} until {Until}: {Reason}")]
    public static partial void Paused(this ILogger log, string host, string user, DateTimeOffset until, string reason);

    [LoggerMessage(5010, LogLevel.Information, "the pause of {Host} ended: {How}")]
    public static partial void Resumed(this ILogger log, string host, string how);

    [LoggerMessage(5011, LogLevel.Error, "pauses that ended cannot be removed from disk; it is tried again: {Fault}")]
    public static partial void PausesNotSaved(this ILogger log, string fault);

    [LoggerMessage(5012, LogLevel.Warning, "{Path}: {Fault}. What it said before stays in force.")]
    public static partial void FileFailed(this ILogger log, string path, string fault);

    [LoggerMessage(5013, LogLevel.Debug, "{What} is no longer watched")]
    public static partial void WatchEnded(this ILogger log, string what);

    [LoggerMessage(5014, LogLevel.Critical, "watching {What} ended with an error; the role stops")]
    public static partial void WatchFailed(this ILogger log, Exception fault, string what);

    [LoggerMessage(5015, LogLevel.Information, "the output {Path} could not be read and is written anew: {Fault}")]
    public static partial void OutputUnread(this ILogger log, string path, string fault);
}
