using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting.Logs;

internal sealed partial class LogEndpoints
{
    [LoggerMessage(1050, LogLevel.Warning, "{User} set the log level of {Category} to {Level} {Until}: {Reason}")]
    private partial void LogLevelSet(string user, string category, LogLevel level, string until, string reason);

    [LoggerMessage(1051, LogLevel.Warning, "{User} took back the log level of {Category}: {Reason}")]
    private partial void LogLevelReset(string user, string category, string reason);

    [LoggerMessage(1052, LogLevel.Warning, "the time of the log level that {User} set for {Category} is over: it is {Level} again")]
    private partial void LogLevelExpired(string user, string category, LogLevel level);
}
