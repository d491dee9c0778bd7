using System.Net;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

public sealed partial class RoleHost
{
    [LoggerMessage(1000, LogLevel.Information, "{Role} listens on {Address} as {Name}")]
    private partial void LogListening(string role, IPEndPoint address, string name);

    [LoggerMessage(1001, LogLevel.Information, "{Role} uses the changed certificate files: {Name}, valid until {NotAfter:u}")]
    private partial void LogReloaded(string role, string name, DateTimeOffset notAfter);

    [LoggerMessage(1002, LogLevel.Error, "{Role} keeps the certificates it has, because the changed files cannot be used: {Reason}")]
    private partial void LogReloadFailed(string role, string reason);

    [LoggerMessage(1003, LogLevel.Error, "{Role}: {Exposure}")]
    private partial void LogKeyExposed(string role, string exposure);
}
