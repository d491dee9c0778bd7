using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Scanning;

/// <summary>
/// The memory pass: reads what programs see, that is, the files of which something is in the page cache, round and round within a share of one processor. What is
/// not in memory is the disk's, which <see cref="ScrubLoop"/> reads.
/// </summary>
internal sealed class MemoryScrubLoop(
    TreeWatch watch, TreeScanner scanner, LargeFileReader reader, ScrubCursor cursor, ScrubLoop media, ScrubSpeed speed, SubOptions options, TimeProvider time, ILogger log)
{
    /// <summary>Some milliseconds of work.</summary>
    private const long SliceBytes = 16 << 20;

    private const long SlowestBytesPerSecond = 1 << 20;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Passes begin no more often: a small tree is not read without an end.</summary>
    private static readonly TimeSpan PassInterval = TimeSpan.FromMinutes(10);

    private readonly ReadLimiter _limiter = new(SlowestBytesPerSecond, time);

    /// <summary>Times all files were gone through.</summary>
    public long Passes => cursor.Passes;

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var begun = time.GetTimestamp();
        var pause = options.MinSweepInterval;
        while (true)
        {
            await Task.Delay(pause, time, cancellationToken);
            pause = options.MinSweepInterval;
            if (watch.Current is not { } snapshot)
            {
                continue;
            }

            try
            {
                var passes = cursor.Passes;
                var cpu = await ReadSliceAsync(snapshot, cancellationToken);
                pause = cpu * ((100 / Percent) - 1);
                pause = pause > ShortestPause ? pause : ShortestPause;
                if (cursor.Passes > passes && PassInterval - time.GetElapsedTime(begun) is var rest)
                {
                    begun = time.GetTimestamp() + (rest > TimeSpan.Zero ? (long)(rest.TotalSeconds * time.TimestampFrequency) : 0);
                    pause = rest > pause ? rest : pause;
                }
            }
            catch (IOException e)
            {
                log.ScanFailed(e.Message);
            }
        }
    }

    private double Percent => speed.IsNearlyStopped ? Math.Min(options.ScrubCpuPercent, ScrubSpeed.EmergencyPercent) : options.ScrubCpuPercent;

    /// <returns>Processor time it took.</returns>
    private async Task<TimeSpan> ReadSliceAsync(MachineSnapshot snapshot, CancellationToken cancellationToken)
    {
        var slice = cursor.Next(snapshot.Tree, SliceBytes);
        if (slice.Large is { } large)
        {
            await ReadLargeAsync(snapshot, large, cancellationToken);
            return TimeSpan.Zero;
        }

        // What the disk has wrong is recorded already, and is not taken back because memory still has it right.
        var paths = slice.Paths.Where(path => !media.IsFaulty(path)).ToList();
        if (paths.Count == 0)
        {
            return TimeSpan.Zero;
        }

        var request = new ScanRequest { Mode = ScanMode.Scrub, CachedOnly = true, Scope = snapshot.Scope.Scan };
        var result = await scanner.RescanAsync(request, snapshot.Tree, paths, cancellationToken);
        watch.NoteRead(result.BytesRead);
        if (result.BytesRead >= SliceBytes / 2)
        {
            _limiter.BytesPerSecond = Math.Max(SlowestBytesPerSecond, (long)(result.BytesRead / result.CpuTime.TotalSeconds * Percent / 100));
        }

        if (result.ChangedSilently.Count > 0)
        {
            await watch.BringInAsync(result.ChangedSilently, [], cancellationToken);
        }

        return result.CpuTime;
    }

    private async Task ReadLargeAsync(MachineSnapshot snapshot, UnixPath path, CancellationToken cancellationToken)
    {
        var recorded = snapshot.Tree.Tree.Find(path);
        if (media.IsFaulty(path) || !snapshot.Tree.TryGetFacts(path, out var facts))
        {
            return;
        }

        var reading = await reader.ReadAsync(new UnreadFile(path, (long)recorded.Size, facts), _limiter, cancellationToken, LargeFileSource.MemoryOnly);
        watch.NoteRead(reading.BytesRead);
        if (reading.IsFinal && (reading.Error != Errno.None || reading.Content != recorded.Content))
        {
            await watch.BringInAsync([path], [reading], cancellationToken);
        }
    }
}
