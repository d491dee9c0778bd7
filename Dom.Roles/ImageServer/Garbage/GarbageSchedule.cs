using Dom.Core.Rpc;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer.Garbage;

/// <summary>Collects garbage by itself when the disk runs short.</summary>
internal sealed class GarbageSchedule(GarbageCollector collector, ImageArchive archive, ImageServerOptions options, TimeProvider time, ILogger log)
{
    /// <summary>Looks at the disk once in each interval, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(options.GarbageInterval, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            var disk = archive.Objects.GetFileSystemStatus();
            try
            {
                if (disk.AvailableBytes >= disk.TotalBytes * (options.GarbageBelowFreePercent / 100))
                {
                    await collector.JoinPacksAsync(cancellationToken);
                    continue;
                }

                await collector.RunAsync(options.GarbageAge, dryRun: false, cancellationToken);
            }
            catch (Exception e) when (e is RpcException or IOException)
            {
                // Said in the log and on the status page; the next interval tries again.
                log.GarbageNotCollected(e.Message);
            }
        }
    }
}
