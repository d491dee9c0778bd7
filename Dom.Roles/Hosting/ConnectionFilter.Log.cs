using System.Net;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

internal sealed partial class ConnectionFilter
{
    [LoggerMessage(1010, LogLevel.Warning, "refused the certificate '{Subject}' of {Remote}: {Reason} ({Suppressed} similar lines left out)")]
    private partial void LogRefused(IPEndPoint remote, string? subject, string reason, int suppressed);

    [LoggerMessage(1011, LogLevel.Warning,
        "dropped the oldest connection of {Address}: too many connections without a certificate, {Count} in all ({Suppressed} similar lines left out)")]
    private partial void LogGaveWay(IPAddress address, int count, int suppressed);

    [LoggerMessage(1012, LogLevel.Warning, "a connection is served as a stranger's: {Reason} ({Suppressed} similar lines left out)")]
    private partial void LogTooMany(string reason, int suppressed);
}
