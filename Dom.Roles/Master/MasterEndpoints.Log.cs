using Dom.Core.Objects;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master;

internal sealed partial class MasterEndpoints
{
    [LoggerMessage(4011, LogLevel.Warning, "Updates stopped by {User}: {Reason}")]
    private static partial void LogDisabled(ILogger logger, string user, string reason);

    [LoggerMessage(4012, LogLevel.Warning, "Updates enabled by {User}: {Reason}")]
    private static partial void LogEnabled(ILogger logger, string user, string reason);

    [LoggerMessage(4013, LogLevel.Warning, "Safety stop of {Machine} cleared by {User} for plan {Plan}: {Reason}")]
    private static partial void LogCleared(ILogger logger, string user, string machine, ObjectId plan, string reason);

    [LoggerMessage(4014, LogLevel.Warning, "Image {Image} may roll again, says {User}: {Reason}")]
    private static partial void LogHaltCleared(ILogger logger, string user, string image, string reason);
}
