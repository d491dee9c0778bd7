using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

internal sealed partial class PageRequests
{
    [LoggerMessage(1040, LogLevel.Error, "the page {Path} failed")]
    private partial void LogPageFailed(Exception fault, string path);
}
