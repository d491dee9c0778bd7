using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master;

internal sealed partial class MasterService
{
    [LoggerMessage(4001, LogLevel.Information, "Machine list {Path}: {Count} machines.")]
    private static partial void LogList(ILogger logger, string path, int count);

    [LoggerMessage(4002, LogLevel.Error, "{Fault}")]
    private static partial void LogListFault(ILogger logger, string fault);

    [LoggerMessage(4003, LogLevel.Error, "The machine list could not be saved, so a restart with a broken list would begin without machines: {Fault}")]
    private static partial void LogListNotKept(ILogger logger, string fault);

    [LoggerMessage(4004, LogLevel.Warning, "Updates are stopped by {User} since {Since}: {Reason}. They go on after dom ctl enable-updates.")]
    private static partial void LogStopped(ILogger logger, string user, DateTimeOffset since, string reason);

    [LoggerMessage(4005, LogLevel.Debug, "The machine list {Path} is no longer watched.")]
    private static partial void LogListClosed(ILogger logger, string path);

    [LoggerMessage(4006, LogLevel.Error, "Decisions cannot be saved in {Path}, so a restart would forget them; it is tried again: {Fault}")]
    private static partial void LogUnsaved(ILogger logger, string path, string fault);

    [LoggerMessage(4007, LogLevel.Information, "Decisions that could not be saved in {Path} are saved now.")]
    private static partial void LogSaved(ILogger logger, string path);

    [LoggerMessage(4008, LogLevel.Debug, "Records are no longer pruned.")]
    private static partial void LogPruningEnded(ILogger logger);

    [LoggerMessage(4009, LogLevel.Warning, "Records of machines that left the list cannot be removed from {Path}; it is tried again tomorrow: {Fault}")]
    private static partial void LogNotPruned(ILogger logger, string path, string fault);
}
