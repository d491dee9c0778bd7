using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Reads all contents again, slowly, round and round, beside the looks of a <see cref="TreeWatch"/>. What it finds changed is read into the newest snapshot.</summary>
internal sealed class ScrubLoop(
    TreeWatch watch, TreeScanner scanner, LargeFileReader reader, ScrubCursor cursor, ScrubSpeed speed, SubOptions options, TimeProvider time, ILogger log)
{
    /// <summary>Read once at full speed when nothing else has shown how fast that is.</summary>
    private const long ProbeBytes = 16 << 20;

    private static readonly TimeSpan SliceTime = TimeSpan.FromSeconds(10);

    /// <summary>Times all contents were gone through.</summary>
    public long Passes => cursor.Passes;

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(options.MinSweepInterval, time, cancellationToken);
            if (watch.Current is not { } snapshot)
            {
                continue;
            }

            try
            {
                await ReadSliceAsync(snapshot, cancellationToken);
            }
            catch (IOException e)
            {
                log.ScanFailed(e.Message);
            }
        }
    }

    private async Task ReadSliceAsync(MachineSnapshot snapshot, CancellationToken cancellationToken)
    {
        var measured = speed.IsMeasured;
        var slice = cursor.Next(snapshot.Tree, measured ? (long)(speed.Limiter.BytesPerSecond * SliceTime.TotalSeconds) : ProbeBytes);
        if (slice.Large is { } large)
        {
            await ReadLargeAsync(snapshot, large, cancellationToken);
        }
        else if (slice.Paths.Count > 0)
        {
            var request = new ScanRequest { Mode = ScanMode.Scrub, Scope = snapshot.Scope.Scan, Limiter = measured ? speed.Limiter : null };
            var result = await scanner.RescanAsync(request, snapshot.Tree, slice.Paths, cancellationToken);
            watch.NoteRead(result.BytesRead);
            if (!measured)
            {
                speed.Measure(result.BytesRead, result.Duration);
            }

            if (result.ChangedSilently.Count > 0)
            {
                await watch.BringInAsync(result.ChangedSilently, [], cancellationToken);
            }
        }
    }

    private async Task ReadLargeAsync(MachineSnapshot snapshot, UnixPath path, CancellationToken cancellationToken)
    {
        var recorded = snapshot.Tree.Tree.Find(path);
        if (!snapshot.Tree.TryGetFacts(path, out var facts))
        {
            return;
        }

        var reading = await reader.ReadAsync(new UnreadFile(path, (long)recorded.Size, facts), speed.Limiter, cancellationToken);
        watch.NoteRead(reading.BytesRead);
        if (reading.IsFinal && (reading.Error != Errno.None || reading.Content != recorded.Content))
        {
            await watch.BringInAsync([path], [reading], cancellationToken);
        }
    }
}
