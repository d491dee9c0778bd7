using Dom.Core.Contracts.Subd;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>Log lines of the sub: event ids 1000 to 1099.</summary>
internal static partial class SubLog
{
    [LoggerMessage(1000, LogLevel.Information, "managing {Root} on {Address}")]
    public static partial void Managing(this ILogger log, string root, string address);

    [LoggerMessage(1001, LogLevel.Information, "first scan: {Inodes} inodes in {Seconds:F1} s, {Bytes} bytes read")]
    public static partial void FirstScan(this ILogger log, long inodes, double seconds, long bytes);

    [LoggerMessage(1002, LogLevel.Warning, "a scan failed and is tried again: {Fault}")]
    public static partial void ScanFailed(this ILogger log, string fault);

    [LoggerMessage(1003, LogLevel.Error, "the content of {Path} is another than recorded though nothing changed it: check the disk")]
    public static partial void ChangedSilently(this ILogger log, string path);

    [LoggerMessage(1004, LogLevel.Information, "image {Image}: {Steps} steps to do, {Blocked} blocked, {Unknown} unknown, plan {Plan}")]
    public static partial void Compared(this ILogger log, string image, int steps, int blocked, int unknown, string plan);

    [LoggerMessage(1005, LogLevel.Information, "fetched for image {Image}: {Bytes} bytes received, {Local} objects copied from the machine")]
    public static partial void Fetched(this ILogger log, string image, long bytes, int local);

    [LoggerMessage(1006, LogLevel.Warning, "fetching image {Image} failed: {Fault}")]
    public static partial void FetchFailed(this ILogger log, string image, string fault);

    [LoggerMessage(1007, LogLevel.Information, "update to {Image}, plan {Plan}: {Steps} steps for {User}")]
    public static partial void UpdateBegins(this ILogger log, string image, string plan, int steps, string user);

    [LoggerMessage(1008, LogLevel.Information, "update to {Image} ended: {Steps} steps swapped in {Milliseconds:F1} ms")]
    public static partial void UpdateDone(this ILogger log, string image, int steps, double milliseconds);

    [LoggerMessage(1009, LogLevel.Warning, "update to {Image} ended with {Code}: {Fault}")]
    public static partial void UpdateFailed(this ILogger log, string image, string code, string fault);

    [LoggerMessage(1010, LogLevel.Warning, "{Path} was left alone: {Reason}")]
    public static partial void Held(this ILogger log, string path, string reason);

    [LoggerMessage(1011, LogLevel.Error, "service action failed: {Fault}")]
    public static partial void ServiceFailed(this ILogger log, string fault);

    [LoggerMessage(1012, LogLevel.Warning, "an update to {Image} was interrupted and has been finished: {Code}")]
    public static partial void Recovered(this ILogger log, string image, string code);

    [LoggerMessage(1013, LogLevel.Warning, "master {Master} polls although {Other} did within the last minute; the one that holds this machine directs it, the other is refused")]
    public static partial void OtherMaster(this ILogger log, string master, string other);

    [LoggerMessage(1014, LogLevel.Information, "removed {Objects} objects and {Blocks} blocks that no image needs any more")]
    public static partial void Cleaned(this ILogger log, int objects, int blocks);

    [LoggerMessage(1015, LogLevel.Warning, "the plan for image {Image} cannot be made: {Fault}")]
    public static partial void CannotCompare(this ILogger log, string image, string fault);

    [LoggerMessage(1016, LogLevel.Error, "an update was stopped by an unexpected error; it is finished as after a crash")]
    public static partial void UpdateCrashed(this ILogger log, Exception fault);

    [LoggerMessage(1017, LogLevel.Warning, "the private directory cannot be cleaned: {Fault}")]
    public static partial void CleaningFailed(this ILogger log, string fault);

    [LoggerMessage(1018, LogLevel.Information, "services are not stopped or started: {Root} is not the machine's root and no ServiceCommand= is set")]
    public static partial void ServicesOff(this ILogger log, string root);

    [LoggerMessage(1030, LogLevel.Warning, "the update to {Image} did not last: {Path}, of {Count} paths, is as it was before; they are tried again after growing pauses")]
    public static partial void DidNotLast(this ILogger log, string image, string path, int count);

    [LoggerMessage(1031, LogLevel.Warning, "{Path} was left out of the update to {Image}: {Reason}; of {Count} such paths, it is tried again after growing pauses")]
    public static partial void LeftOut(this ILogger log, string path, string image, string reason, int count);

    [LoggerMessage(1032, LogLevel.Information, "{Change}")]
    public static partial void HolderChanged(this ILogger log, string change);

    [LoggerMessage(1033, LogLevel.Warning, "which master holds this machine is not known over a restart: {Fault}")]
    public static partial void HolderNotKept(this ILogger log, string fault);

    [LoggerMessage(1034, LogLevel.Warning, "changes are found by looking at every file only: {Fault}")]
    public static partial void NoticeUnavailable(this ILogger log, string fault);

    [LoggerMessage(1035, LogLevel.Information, "more changes at once than can be looked at one by one: for {Seconds} s they are found by looking at every file")]
    public static partial void NoticeOverflow(this ILogger log, string seconds);

    [LoggerMessage(1044, LogLevel.Error, "image {Image} did not prove itself, the machine goes back to {Previous}: {Reason}")]
    public static partial void WayBackDue(this ILogger log, string image, string previous, string reason);

    [LoggerMessage(1045, LogLevel.Warning, "image {Image} was rolled back to {Previous}: {Reason}")]
    public static partial void WayBackDone(this ILogger log, string image, string previous, string reason);

    [LoggerMessage(1046, LogLevel.Critical, "the way back from image {Image} failed: {Fault}; the machine needs a person")]
    public static partial void WayBackFailed(this ILogger log, string image, string fault);

    [LoggerMessage(1047, LogLevel.Information, "image {Image} has proved itself; {Files} files of {Previous}, {Bytes} bytes, are let go")]
    public static partial void Proved(this ILogger log, string image, string previous, int files, long bytes);

    [LoggerMessage(1048, LogLevel.Warning, "the state of health cannot be written down: {Fault}")]
    public static partial void HealthNotNoted(this ILogger log, string fault);

    [LoggerMessage(1049, LogLevel.Warning, "space is short: {Bytes} bytes that were kept for the way back to {Previous} are given up")]
    public static partial void WayBackGivenUp(this ILogger log, string previous, long bytes);

    [LoggerMessage(1040, LogLevel.Information, "the update replaced this program, {Path}: it ends, and the new one is started")]
    public static partial void GivesWay(this ILogger log, string path);

    [LoggerMessage(1041, LogLevel.Error, "the update replaced this program, and the new one does not start: {Fault}; the old one goes on")]
    public static partial void CannotGiveWay(this ILogger log, string fault);

    [LoggerMessage(1021, LogLevel.Critical, "{Loop} failed, so this sub cannot go on")]
    public static partial void LoopEnded(this ILogger log, Exception fault, string loop);

    [LoggerMessage(1020, LogLevel.Warning, "{Path} was replaced: {Reason}; look at it and remove it there")]
    public static partial void Kept(this ILogger log, string path, string reason);

    [LoggerMessage(1019, LogLevel.Warning, "the file system of {Root} cannot hold: {Missing}; images are compared and applied without")]
    public static partial void NotHeld(this ILogger log, string root, string missing);

    [LoggerMessage(1060, LogLevel.Warning, "the machine reboots for what the update to {Image} brought")]
    public static partial void Reboots(this ILogger log, string image);

    [LoggerMessage(1061, LogLevel.Information, "the machine has rebooted for what the update to {Image} brought")]
    public static partial void HasRebooted(this ILogger log, string image);

    [LoggerMessage(1062, LogLevel.Error, "the reboot for {Image} failed and is tried again: {Fault}")]
    public static partial void RebootFailed(this ILogger log, string image, string fault);

    [LoggerMessage(1063, LogLevel.Critical, "the machine does not reboot for {Image} by itself any more: {Reason}")]
    public static partial void RebootHeld(this ILogger log, string image, string reason);

    [LoggerMessage(1065, LogLevel.Warning, "a reboot that was held goes on; {User}: {Reason}")]
    public static partial void RebootReleased(this ILogger log, string user, string reason);

    [LoggerMessage(1066, LogLevel.Information, "{Authority}: {State} {Reason}")]
    public static partial void DisruptionAnswered(this ILogger log, string authority, DisruptionState state, string reason);

    [LoggerMessage(1067, LogLevel.Information, "{Authority}: the permission is given back")]
    public static partial void DisruptionGivenBack(this ILogger log, string authority);

    [LoggerMessage(1068, LogLevel.Warning, "an update of high impact begins without permission, as {User} wants it")]
    public static partial void DisruptionForced(this ILogger log, string user);

    [LoggerMessage(1064, LogLevel.Warning, "whether the machine is to reboot cannot be written down: {Fault}")]
    public static partial void RebootNotNoted(this ILogger log, string fault);

    [LoggerMessage(1069, LogLevel.Error, "{Directory}/{Note} could not be read and was set aside: the sub goes on without what it said; look at the disk, then remove the file")]
    public static partial void NoteDamaged(this ILogger log, string directory, string note);

    [LoggerMessage(1036, LogLevel.Information, "speeds of this machine: {Speeds}")]
    public static partial void SpeedsSet(this ILogger log, string speeds);

    [LoggerMessage(1037, LogLevel.Information, "speeds of this machine are as before again; over is: {Speeds}")]
    public static partial void SpeedsEnded(this ILogger log, string speeds);

    [LoggerMessage(1038, LogLevel.Warning, "{Path} was pushed past the images by {User}: {Reason}")]
    public static partial void FilePushed(this ILogger log, string path, string user, string reason);

    [LoggerMessage(1039, LogLevel.Warning, "{Path} was removed past the images by {User}: {Reason}")]
    public static partial void FileDeleted(this ILogger log, string path, string user, string reason);

    [LoggerMessage(1040, LogLevel.Warning, "the service {Service} was restarted by {User}: {Reason}")]
    public static partial void ServiceRestarted(this ILogger log, string service, string user, string reason);
}
