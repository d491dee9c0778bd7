using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Reads the files no scan waits for, one at a time, and brings what they hold into the newest snapshot.</summary>
/// <remarks>
/// Only files that a comparison waits for are read: what the image lacks, or has with another size, is corrected without anybody knowing its content, so that
/// a size that costs its maker nothing costs the machine nothing either. While nothing is compared all are read, the smallest first.
/// </remarks>
internal sealed class UnreadLoop(TreeWatch watch, LargeFileReader reader, ScrubSpeed speed, TimeProvider time, ILogger log) : IDisposable
{
    private const int MaxListed = 1000;

    /// <summary>Pauses for a file that changes while it is read are so many times as long as that took: it never takes more than a tenth of a processor.</summary>
    private const int PausePerCost = 9;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBatch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AskedFor = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _news = new(0);
    private readonly Lock _lock = new();
    private readonly Dictionary<UnixPath, (long Since, TimeSpan Pause)> _later = [];
    private IReadOnlySet<UnixPath>? _awaited;
    private long? _everythingSince;
    private UnixPath _reading;
    private CancellationTokenSource? _interrupt;

    /// <summary>Says which files a comparison waits for; null for all. What is read and no longer wanted is given up.</summary>
    public void Await(IReadOnlySet<UnixPath>? paths)
    {
        lock (_lock)
        {
            _awaited = paths;
            if (!IsWanted(_reading))
            {
                _interrupt?.Cancel();
            }
        }

        Look();
    }

    /// <summary>For some minutes all files are wanted.</summary>
    public void AwaitEverything()
    {
        lock (_lock)
        {
            _everythingSince = time.GetTimestamp();
        }

        Look();
    }

    /// <summary>There may be something to read.</summary>
    public void Look()
    {
        if (_news.CurrentCount == 0)
        {
            _news.Release();
        }
    }

    /// <summary>Reads until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // Files that have to wait for a while come up again without any news.
            await _news.WaitAsync(_later.Count > 0 ? ShortestPause : Timeout.InfiniteTimeSpan, cancellationToken);
            try
            {
                while (await ReadBatchAsync(cancellationToken))
                {
                }
            }
            catch (IOException e)
            {
                log.ScanFailed(e.Message);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _news.Dispose();

    /// <summary>Reads for about a second, at least one file, and brings in what came of it; false when there is nothing to read now.</summary>
    private async Task<bool> ReadBatchAsync(CancellationToken cancellationToken)
    {
        if (watch.Current is not { Tree.Counts.Unread: > 0 } snapshot)
        {
            _later.Clear();
            return false;
        }

        var start = time.GetTimestamp();
        var paths = new List<UnixPath>();
        var contents = new Dictionary<(ulong, ulong), LargeFileReading>();
        var any = false;
        foreach (var file in Choose(snapshot.Tree))
        {
            any = true;
            var inode = (file.Facts.Device, file.Facts.Inode);
            if (contents.ContainsKey(inode))
            {
                paths.Add(file.Path);
                continue;
            }

            if (time.GetElapsedTime(start) > LongestBatch)
            {
                break;
            }

            if (await ReadAsync(file, cancellationToken) is { IsFinal: true } reading)
            {
                contents.Add(inode, reading);
                paths.Add(file.Path);
            }
        }

        await watch.BringInAsync(paths, contents.Values, cancellationToken);
        return any;
    }

    /// <summary>Files to read now, the smallest first.</summary>
    private List<UnreadFile> Choose(MachineTree tree)
    {
        IReadOnlySet<UnixPath>? awaited;
        lock (_lock)
        {
            awaited = IsEverythingWanted ? null : _awaited;
        }

        var found = awaited is null ? [.. tree.ListUnread(MaxListed)] : new List<UnreadFile>();
        foreach (var path in awaited ?? Enumerable.Empty<UnixPath>())
        {
            if (tree.Tree.Find(path) is { IsUnread: true, Size: var size } && tree.TryGetFacts(path, out var facts))
            {
                found.Add(new UnreadFile(path, (long)size, facts));
            }
        }

        found.RemoveAll(file => _later.TryGetValue(file.Path, out var later) && time.GetElapsedTime(later.Since) < later.Pause);
        found.Sort(static (a, b) => a.Size != b.Size ? a.Size.CompareTo(b.Size) : a.Path.CompareTo(b.Path));
        return found;
    }

    private async Task<LargeFileReading?> ReadAsync(UnreadFile file, CancellationToken cancellationToken)
    {
        using var interrupt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        lock (_lock)
        {
            _reading = file.Path;
            _interrupt = interrupt;
            if (!IsWanted(file.Path))
            {
                return null;
            }
        }

        try
        {
            var reading = await reader.ReadAsync(file, null, interrupt.Token);
            watch.NoteRead(reading.BytesRead);
            speed.Measure(reading.BytesRead, reading.Duration);
            _later.Remove(file.Path);
            if (!reading.IsFinal)
            {
                if (_later.Count >= MaxListed)
                {
                    // Files that came and went; those that are still there are just tried again sooner.
                    _later.Clear();
                }

                var pause = reading.Duration * PausePerCost;
                _later[file.Path] = (time.GetTimestamp(), pause > ShortestPause ? pause : ShortestPause);
            }

            return reading;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nobody waits for this one any more.
            return null;
        }
        finally
        {
            lock (_lock)
            {
                _interrupt = null;
            }
        }
    }

    private bool IsEverythingWanted => _awaited is null || (_everythingSince is { } since && time.GetElapsedTime(since) < AskedFor);

    private bool IsWanted(UnixPath path) => IsEverythingWanted || _awaited!.Contains(path);
}
