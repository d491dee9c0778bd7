using Dom.Core.Objects;
using Dom.Roles.Master.Policy;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master.Machines;

internal sealed partial class ManagedMachine
{
    [LoggerMessage(4201, LogLevel.Debug, "{Machine}: {Before} -> {Status} {Detail}")]
    private static partial void LogStatus(ILogger logger, string machine, MachineStatus before, MachineStatus status, string detail);

    [LoggerMessage(4202, LogLevel.Information, "{Machine}: told to carry out plan {Plan}, {Steps} steps, to {Purpose}.")]
    private static partial void LogUpdateBegun(ILogger logger, string machine, ObjectId plan, int steps, string purpose);

    [LoggerMessage(4203, LogLevel.Information, "{Machine}: plan {Plan} done, {Steps} steps in {Seconds:0.000} s.")]
    private static partial void LogUpdateDone(ILogger logger, string machine, ObjectId plan, int steps, double seconds);

    [LoggerMessage(4204, LogLevel.Error, "{Machine}: plan {Plan} failed: {Failure}")]
    private static partial void LogUpdateFailed(ILogger logger, string machine, ObjectId plan, string failure);

    [LoggerMessage(4205, LogLevel.Warning, "{Machine}: fetch failed and will be tried again: {Failure}")]
    private static partial void LogFetchFailed(ILogger logger, string machine, string failure);

    [LoggerMessage(4206, LogLevel.Error, "{Machine}: its turn for image {Image} failed: {Reason}")]
    private static partial void LogTurnFailed(ILogger logger, string machine, string image, string reason);

    [LoggerMessage(4207, LogLevel.Critical, "Image {Image} stopped rolling after too many failures; the last was {Machine}: {Reason}. It goes on after dom ctl clear-halt.")]
    private static partial void LogImageHalted(ILogger logger, string image, string machine, string reason);

    [LoggerMessage(4208, LogLevel.Warning, "{Machine}: another master, {Other}, polls it too, and is refused while this one holds it.")]
    private static partial void LogOtherMaster(ILogger logger, string machine, string other);

    [LoggerMessage(4211, LogLevel.Warning, "{Machine}: held by the master {Holder}: this one leaves it alone.")]
    private static partial void LogHeldByOther(ILogger logger, string machine, string holder);

    [LoggerMessage(4212, LogLevel.Debug, "{Machine} left the machine list and could not be told: {Failure}")]
    private static partial void LogNotReleased(ILogger logger, string machine, string failure);

    [LoggerMessage(4213, LogLevel.Warning, "{Machine}: its computed files are not renewed, what it has stays in force: {Failure}")]
    private static partial void LogNotComputed(ILogger logger, string machine, string failure);

    [LoggerMessage(4214, LogLevel.Information, "{Machine} has rebooted, {Why}: its boot id is {BootId}.")]
    private static partial void LogRebooted(ILogger logger, string machine, string bootId, string why);

    [LoggerMessage(4209, LogLevel.Error, "{Machine}: the loop met a fault it does not know and goes on.")]
    private static partial void LogLoopFailed(ILogger logger, Exception fault, string machine);

    [LoggerMessage(4210, LogLevel.Error, "{Machine}: a change of the state could not be saved: {Failure}")]
    private static partial void LogSaveFailed(ILogger logger, string machine, string failure);
}
