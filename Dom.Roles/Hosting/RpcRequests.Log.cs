using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

internal sealed partial class RpcRequests
{
    [LoggerMessage(1030, LogLevel.Error, "{Method} called by {User} at {Address} failed")]
    private partial void LogFailed(Exception fault, string method, string user, string address);
}
