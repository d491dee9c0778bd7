using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

internal sealed partial class AuditLog
{
    [LoggerMessage(1020, LogLevel.Information, "audit: {User} at {Address} called {Method} on '{Target}' (reason: {Reason}): {Outcome}")]
    private partial void LogEntry(string user, string? address, string method, string? target, string? reason, string outcome);

    [LoggerMessage(1021, LogLevel.Error, "the audit log '{Path}' cannot be written; calls go on and are recorded here only")]
    private partial void LogUnwritable(Exception fault, string path);

    [LoggerMessage(1022, LogLevel.Information, "audit: {User} at {Address} was refused {Method} on '{Target}' (reason: {Reason}): {Outcome}")]
    private partial void LogRefused(string user, string? address, string method, string? target, string? reason, string outcome);

    [LoggerMessage(1023, LogLevel.Warning,
        "{User} has been refused {Calls} times: further refusals are counted only, until {Window} after the first; they change nothing")]
    private partial void LogLeavingOut(string user, int calls, TimeSpan window);

    [LoggerMessage(1024, LogLevel.Warning, "{Calls} more refused calls of {User} since {Since:u} were left out of the audit log")]
    private partial void LogLeftOut(int calls, string user, DateTimeOffset since);
}
