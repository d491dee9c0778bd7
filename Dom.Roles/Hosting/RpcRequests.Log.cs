using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

internal sealed partial class RpcRequests
{
    [LoggerMessage(1030, LogLevel.Error, "{Method} called by {User} at {Address} failed")]
    private partial void LogFailed(Exception fault, string method, string user, string address);

    [LoggerMessage(1031, LogLevel.Debug, "the sender of {Path} did not finish after its call had failed: {Reason}")]
    private partial void LogUndrained(string? path, string reason);
}
