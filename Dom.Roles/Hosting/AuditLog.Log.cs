using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

internal sealed partial class AuditLog
{
    [LoggerMessage(1020, LogLevel.Information, "audit: {User} at {Address} called {Method} on '{Target}' (reason: {Reason}): {Outcome}")]
    private partial void LogEntry(string user, string? address, string method, string? target, string? reason, string outcome);

    [LoggerMessage(1021, LogLevel.Error, "the audit log '{Path}' cannot be written; calls go on and are recorded here only")]
    private partial void LogUnwritable(Exception fault, string path);
}
