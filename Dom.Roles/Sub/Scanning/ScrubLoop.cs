using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Scanning;

/// <summary>
/// The media pass: reads all contents again from the disk, past the page cache, slowly, round and round, beside the looks of a <see cref="TreeWatch"/>. What it finds
/// changed is read into the newest snapshot as the disk has it.
/// </summary>
internal sealed class ScrubLoop(
    TreeWatch watch, TreeScanner scanner, LargeFileReader reader, ScrubCursor cursor, ScrubSpeed speed, ScrubRecord record, SubOptions options, TimeProvider time, ILogger log)
{
    /// <summary>Read once at full speed, to know how fast that is.</summary>
    private const long ProbeBytes = 64 << 20;

    private const int MaxFaults = 1000;

    private static readonly TimeSpan SliceTime = TimeSpan.FromSeconds(10);

    private readonly HashSet<UnixPath> _faults = [];
    private bool _probed;

    /// <summary>Times all contents were gone through.</summary>
    public long Passes => cursor.Passes;

    /// <summary>Time since all contents were last read, over restarts.</summary>
    public TimeSpan SinceLastPass => time.GetUtcNow() - record.LastPass;

    /// <summary>True when the last whole pass is longer ago than <see cref="SubOptions.ScrubPeriod"/>.</summary>
    public bool IsOverdue => SinceLastPass > options.ScrubPeriod;

    /// <summary>Files that were read through the page cache, since the file system refuses to read past it.</summary>
    public long DirectRefused { get; private set; }

    /// <summary>True of a file whose content on the disk was found to be another than programs may see in memory.</summary>
    public bool IsFaulty(UnixPath path)
    {
        lock (_faults)
        {
            return _faults.Contains(path);
        }
    }

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
                var passes = cursor.Passes;
                speed.Adapt();
                await ReadSliceAsync(snapshot, cancellationToken);
                if (cursor.Passes > passes)
                {
                    Forget();
                    record.Passed();
                }
            }
            catch (IOException e)
            {
                log.ScanFailed(e.Message);
            }
        }
    }

    private async Task ReadSliceAsync(MachineSnapshot snapshot, CancellationToken cancellationToken)
    {
        var limited = _probed;
        var slice = cursor.Next(snapshot.Tree, limited ? (long)(speed.Limiter.BytesPerSecond * SliceTime.TotalSeconds) : ProbeBytes);
        if (slice.Large is { } large)
        {
            await ReadLargeAsync(snapshot, large, cancellationToken);
        }
        else if (slice.Paths.Count > 0)
        {
            _probed = true;
            var request = new ScanRequest { Mode = ScanMode.Scrub, Direct = true, Scope = snapshot.Scope.Scan, Limiter = limited ? speed.Limiter : null };
            var result = await scanner.RescanAsync(request, snapshot.Tree, slice.Paths, cancellationToken);
            watch.NoteRead(result.BytesRead);
            DirectRefused += result.DirectRefused;
            if (!limited)
            {
                speed.Measure(result.BytesRead, result.Duration, ofDevice: result.DirectRefused == 0);
            }

            if (result.ChangedSilently.Count > 0)
            {
                await BringInAsync(result.ChangedSilently, [], cancellationToken);
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

        var reading = await reader.ReadAsync(new UnreadFile(path, (long)recorded.Size, facts), speed.Limiter, cancellationToken, LargeFileSource.Disk);
        watch.NoteRead(reading.BytesRead);
        if (reading.IsFinal && (reading.Error != Errno.None || reading.Content != recorded.Content))
        {
            await BringInAsync([path], [reading], cancellationToken);
        }
    }

    private Task BringInAsync(IReadOnlyList<UnixPath> paths, IReadOnlyCollection<LargeFileReading> contents, CancellationToken cancellationToken)
    {
        lock (_faults)
        {
            foreach (var path in paths.Take(MaxFaults - _faults.Count))
            {
                _faults.Add(path);
            }
        }

        return watch.BringInAsync(paths, contents, cancellationToken, direct: true);
    }

    private void Forget()
    {
        lock (_faults)
        {
            _faults.Clear();
        }
    }
}
