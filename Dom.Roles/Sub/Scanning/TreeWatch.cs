using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Systemd;
using Dom.Core.Trees.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Keeps a snapshot of the managed tree up to date: a complete scan at the start, then looks at the status of everything; beside them contents are read.</summary>
/// <remarks>
/// One scan at a time makes the next snapshot. Whoever needs something read at once (an update that has swapped files) interrupts the background's, which is
/// then begun again; only the first scan is never interrupted. Pauses follow the cost of a look: at most a tenth of one processor is used, and a fiftieth while the
/// kernel tells what changes (<see cref="NoticeLoop"/>). Such changes are read into the newest snapshot also while a sweep goes on, and into its result once more.
/// What takes long, reading large files (<see cref="UnreadLoop"/>) and reading everything again (<see cref="ScrubLoop"/>), goes on beside the looks.
/// </remarks>
internal sealed partial class TreeWatch : IAsyncDisposable
{
    private const int PausePerCost = 9;
    private const int NoticingPausePerCpu = 49;
    private const int OverdueIntervals = 3;
    private const int MaxFaults = 256;
    private const int MaxLooksBesideSweep = 5_000;

    /// <summary>No look waits for the content of a larger file.</summary>
    private const long LargeFile = 64L << 20;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestNoticingPause = TimeSpan.FromMinutes(10);

    private readonly TreeScanner _scanner;
    private readonly SubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action _changed;
    private readonly SemaphoreSlim _scanning = new(1);
    private readonly SemaphoreSlim _accepting = new(1);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ScrubSpeed _speed;
    private readonly ScrubLoop _scrub;
    private readonly MemoryScrubLoop _memory;
    private readonly PressureWatch _pressure;
    private readonly UnreadLoop _unread;
    private readonly LooksBesideSweep _beside = new(MaxLooksBesideSweep);
    private readonly Lock _lock = new();
    private readonly List<LargeFileReading> _faults = [];
    private CancellationTokenSource? _background;
    private volatile MachineSnapshot? _current;
    private volatile WatchScope _wanted;
    private long _lastSweep;
    private long _sweepsBegun;
    private long _lastWholeSweep;
    private long _sweepCpuTicks;
    private TimeSpan _pause;
    private bool _isUrgent;
    private long _bytesRead;

    /// <summary>A watch over a root; nothing is read before <see cref="RunAsync"/>.</summary>
    public TreeWatch(DirectoryHandle root, WatchScope scope, SubOptions options, TimeProvider time, ILogger log, Action changed, ScrubRecord? record = null, PathWriters? writers = null)
    {
        Progress = new LoopProgress("sub.look", time);
        var scan = new ScanOptions { Background = true, Time = time, LargeFile = LargeFile };
        var reader = new LargeFileReader(root, scan);
        _scanner = new TreeScanner(root, scan);
        _wanted = scope;
        _options = options;
        _time = time;
        _log = log;
        _changed = changed;
        _lastSweep = time.GetTimestamp();
        _pressure = new PressureWatch(time);
        _speed = new ScrubSpeed(options.ScanSpeedPercent, _pressure, time);
        _scrub = new ScrubLoop(this, _scanner, reader, new ScrubCursor(LargeFile), _speed, record ?? new ScrubRecord(null, time), options, time, log);
        _memory = new MemoryScrubLoop(this, _scanner, reader, new ScrubCursor(LargeFile), _scrub, _speed, options, time, log);
        _unread = new UnreadLoop(this, reader, _speed, time, log);
        Notice = new NoticeLoop(this, root, options.Notice, writers ?? new PathWriters(), time, log);
    }

    /// <summary>The loop that looks at everything.</summary>
    public LoopProgress Progress { get; }

    /// <summary>The newest snapshot; null before the first complete scan.</summary>
    public MachineSnapshot? Current => _current;

    /// <summary>What the next scan looks at.</summary>
    public WatchScope WantedScope => _wanted;

    /// <summary>Complete scans and sweeps so far.</summary>
    public long Scans { get; private set; }

    /// <summary>How long the last one took.</summary>
    public TimeSpan LastScan { get; private set; }

    /// <summary>When the last one ended.</summary>
    public DateTimeOffset LastScanEnd { get; private set; }

    /// <summary>Time since every file was last looked at; before the first complete scan, since the start.</summary>
    public TimeSpan SinceLastScan => _time.GetElapsedTime(Interlocked.Read(ref _lastSweep));

    /// <summary>True when deviations may have gone unnoticed for much longer than <see cref="SubOptions.SweepInterval"/>, or than the pause that follows the cost of a look.</summary>
    public bool IsOverdue => SinceLastScan > OverdueIntervals * (_pause > _options.SweepInterval ? _pause : _options.SweepInterval);

    /// <summary>What the kernel tells.</summary>
    public NoticeLoop Notice { get; }

    /// <summary>Complete scans and sweeps begun so far, the interrupted ones too.</summary>
    public long SweepsBegun => Interlocked.Read(ref _sweepsBegun);

    /// <summary>The number, of those begun, of the last that came to its end.</summary>
    public long LastWholeSweep => Interlocked.Read(ref _lastWholeSweep);

    /// <summary>Processor time of complete scans and sweeps.</summary>
    public TimeSpan SweepCpuTime => TimeSpan.FromTicks(Interlocked.Read(ref _sweepCpuTicks));

    /// <summary>Files that change all the time (rule 5).</summary>
    public IReadOnlyList<HotFile> Hot { get; private set; } = [];

    /// <summary>Files whose content was found changed though nothing said so.</summary>
    public long ChangedSilently { get; private set; }

    /// <summary>Bytes of content read.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>How fast contents are read again, in percent of the speed without a limit.</summary>
    public double ScrubPercent => _speed.Percent;

    /// <summary>How fast contents are read again, in bytes a second; 0 before that is known.</summary>
    public long ScrubBytesPerSecond => _speed.IsMeasured ? _speed.Limiter.BytesPerSecond : 0;

    /// <summary>Times all contents were read again.</summary>
    public long ScrubPasses => _scrub.Passes;

    /// <summary>Times all that is in memory was read again.</summary>
    public long MemoryPasses => _memory.Passes;

    /// <summary>Time since all contents were last read from the disk, over restarts.</summary>
    public TimeSpan SinceLastScrub => _scrub.SinceLastPass;

    /// <summary>True when that is longer than <see cref="SubOptions.ScrubPeriod"/>.</summary>
    public bool IsScrubOverdue => _scrub.IsOverdue;

    /// <summary>Files that were not read past the page cache, since the file system refuses that.</summary>
    public long DirectRefused => _scrub.DirectRefused;

    /// <summary>True while programs wait for processor, disk or memory.</summary>
    public bool IsUnderPressure => _pressure.IsHigh;

    /// <summary>True while reading again is nearly stopped, since programs wait or a person wants it so.</summary>
    public bool IsScrubNearlyStopped => _speed.IsNearlyStopped;

    /// <summary>Why the last scan failed; empty when it did not.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Changes how fast contents are read again, in percent of the speed without a limit; 0 for what is configured.</summary>
    public void UseScrubSpeed(double percent, SpeedMode mode = SpeedMode.Percent) => _speed.Use(percent, mode);

    /// <summary>Changes what is looked at; a scan with the new scope begins at once (rule 4).</summary>
    public void SetScope(WatchScope scope)
    {
        _wanted = scope;
        Wake();
    }

    /// <summary>Begins the next look now.</summary>
    public void Wake()
    {
        Volatile.Write(ref _isUrgent, true);
        EndPause();
    }

    /// <summary>Something may have been missed: the next look begins as soon as it would without <see cref="Notice"/>.</summary>
    public void SweepSoon() => EndPause();

    private void EndPause()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    /// <summary>The state of <see cref="Notice"/> is another: it is reported.</summary>
    public void NoticeChanged() => _changed();

    /// <summary>Says which unread files a comparison waits for: only these are read. Null when nothing is known of that: all are.</summary>
    public void Await(IReadOnlySet<UnixPath>? paths) => _unread.Await(paths);

    /// <summary>Somebody wants the whole tree with its contents: for some minutes all unread files are read, whatever comparisons wait for.</summary>
    public void AwaitEverything() => _unread.AwaitEverything();

    /// <summary>Reads some paths again at once, before anything else.</summary>
    public async Task RescanAsync(IReadOnlyCollection<UnixPath> paths, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _background?.Cancel();
        }

        await BringInAsync(paths, [], cancellationToken);
    }

    /// <summary>Counts what was read beside the looks.</summary>
    public void NoteRead(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    /// <summary>Scans and reads until cancelled. Failures are reported and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task[] loops = [Notice.RunAsync(stop.Token), SweepAllAsync(stop.Token), _scrub.RunAsync(stop.Token), _memory.RunAsync(stop.Token), _unread.RunAsync(stop.Token)];
        await Task.WhenAny(loops);
        await stop.CancelAsync();
        await Task.WhenAll(loops);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _scanning.Dispose();
        _accepting.Dispose();
        _wake.Dispose();
        _unread.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task SweepAllAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = RetryPause;
            await Progress.ResumeAsync();
            try
            {
                var cpu = await SweepAsync(cancellationToken);
                Error = "";
                pause = PauseAfter(cpu);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // Interrupted for something urgent; begun again when that is done.
                continue;
            }
            catch (IOException e)
            {
                Error = e.Message;
                _log.ScanFailed(e.Message);
                _changed();
            }

            _pause = pause;
            Progress.Rest(pause);
            await PauseAsync(pause, cancellationToken);
        }
    }

    /// <summary>While the kernel tells changes, sweeps find only what it cannot see, and are paced by their processor time.</summary>
    private TimeSpan PauseAfter(TimeSpan cpu)
    {
        if (Notice.State != NoticeState.Watching)
        {
            return PauseWithoutNotice();
        }

        return Bound(cpu * NoticingPausePerCpu, LongestNoticingPause > _options.SweepInterval ? LongestNoticingPause : _options.SweepInterval);
    }

    private TimeSpan PauseWithoutNotice() => Bound(LastScan * PausePerCost, _options.SweepInterval);

    private TimeSpan Bound(TimeSpan pause, TimeSpan longest) => pause < _options.MinSweepInterval ? _options.MinSweepInterval : pause > longest ? longest : pause;

    /// <summary>Waits until the pause is over, or somebody asks for a look: at once, or after the pause there would be without notice.</summary>
    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        var began = _time.GetTimestamp();
        var rest = pause;
        while (rest > TimeSpan.Zero && await IsWokenWithinAsync(rest, cancellationToken) && !Interlocked.Exchange(ref _isUrgent, false))
        {
            var soon = PauseWithoutNotice();
            rest = (soon < pause ? soon : pause) - _time.GetElapsedTime(began);
        }
    }

    private async Task<bool> IsWokenWithinAsync(TimeSpan time, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(time, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await _wake.WaitAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The pause is over and nobody asked for an earlier look.
            return false;
        }
    }

    private async Task<TimeSpan> SweepAsync(CancellationToken cancellationToken)
    {
        await _scanning.WaitAsync(cancellationToken);
        using var interruptible = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await BeginSweepAsync(cancellationToken);
            var number = SweepsBegun;
            var snapshot = _current;
            lock (_lock)
            {
                _background = snapshot is null ? null : interruptible;
            }

            var scope = _wanted;
            var result = await _scanner.ScanAsync(new ScanRequest { Scope = scope.Scan, Contents = [.. _faults], Progress = Progress }, snapshot?.Tree, interruptible.Token);
            Scans++;
            LastScan = result.Duration;
            LastScanEnd = _time.GetUtcNow();
            Interlocked.Exchange(ref _lastSweep, _time.GetTimestamp());
            Interlocked.Add(ref _sweepCpuTicks, result.CpuTime.Ticks);
            if (snapshot is null)
            {
                _speed.Measure(result.BytesRead, result.Duration);
                _log.FirstScan(result.Tree.Counts.Inodes, result.Duration.TotalSeconds, result.BytesRead);
            }

            await EndSweepAsync(result, scope, interruptible.Token);
            Interlocked.Exchange(ref _lastWholeSweep, number);
            return result.CpuTime;
        }
        finally
        {
            _beside.Drop();
            lock (_lock)
            {
                _background = null;
            }

            _scanning.Release();
        }
    }
}
