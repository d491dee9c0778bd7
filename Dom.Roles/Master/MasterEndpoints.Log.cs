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

    [LoggerMessage(4015, LogLevel.Warning, "{User} paused {Count} machines for {Duration}: {Reason}")]
    private static partial void LogPaused(ILogger logger, string user, int count, TimeSpan duration, string reason);

    [LoggerMessage(4016, LogLevel.Warning, "{User} ended the pauses of {Count} machines: {Reason}")]
    private static partial void LogResumed(ILogger logger, string user, int count, string reason);

    [LoggerMessage(4017, LogLevel.Warning, "{User} lets {Count} machines try again: {Reason}")]
    private static partial void LogRetried(ILogger logger, string user, int count, string reason);

    [LoggerMessage(4018, LogLevel.Warning, "{User} updates {Count} machines at once: {Reason}")]
    private static partial void LogFastUpdate(ILogger logger, string user, int count, string reason);

    [LoggerMessage(4019, LogLevel.Warning, "{User} set the default image to {Image}: {Reason}")]
    private static partial void LogDefaultImage(ILogger logger, string user, string image, string reason);

    [LoggerMessage(4020, LogLevel.Warning, "{User} lets {Count} machines be disrupted at once: {Reason}")]
    private static partial void LogForced(ILogger logger, string user, int count, string reason);

    [LoggerMessage(4030, LogLevel.Warning, "{User} took over {Count} machines from other masters: {Reason}")]
    private static partial void LogTakenOver(ILogger logger, string user, int count, string reason);

    [LoggerMessage(4021, LogLevel.Warning, "{User} set the speeds of all subs to {Settings}: {Reason}")]
    private static partial void LogConfigured(ILogger logger, string user, string settings, string reason);

    [LoggerMessage(4022, LogLevel.Warning, "{User} accepted the machine list, with {Lost} machines less: {Reason}")]
    private static partial void LogListAccepted(ILogger logger, string user, int lost, string reason);
}
