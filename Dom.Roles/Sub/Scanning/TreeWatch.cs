using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub.Scanning;

/// <summary>Keeps a snapshot of the managed tree up to date: a complete scan at the start, then looks at the status of everything, and contents read again slowly.</summary>
/// <remarks>
/// One scan runs at a time. Whoever needs something read at once (an update that has swapped files) interrupts the background's, which is then begun again;
/// only the first scan is never interrupted. Pauses follow the cost of a look: at most a tenth of one processor is used.
/// </remarks>
internal sealed class TreeWatch : IAsyncDisposable
{
    private const int PausePerCost = 9;
    private const long SlowestScrub = 1 << 20;

    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);

    private readonly TreeScanner _scanner;
    private readonly SubOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Action _changed;
    private readonly SemaphoreSlim _scanning = new(1);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly ScrubCursor _scrub = new();
    private readonly Lock _lock = new();
    private CancellationTokenSource? _background;
    private volatile MachineSnapshot? _current;
    private volatile WatchScope _wanted;
    private volatile ReadLimiter? _limiter;
    private double _fullSpeed;
    private double _scrubPercent;

    /// <summary>A watch over a root; nothing is read before <see cref="RunAsync"/>.</summary>
    public TreeWatch(DirectoryHandle root, WatchScope scope, SubOptions options, TimeProvider time, ILogger log, Action changed)
    {
        _scanner = new TreeScanner(root, new ScanOptions { Background = true, Time = time });
        _wanted = scope;
        _options = options;
        _time = time;
        _log = log;
        _changed = changed;
    }

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

    /// <summary>Files that change all the time (rule 5).</summary>
    public IReadOnlyList<HotFile> Hot { get; private set; } = [];

    /// <summary>Files whose content was found changed though nothing said so.</summary>
    public long ChangedSilently { get; private set; }

    /// <summary>Bytes of content read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>How fast contents are read again, in percent of the speed of the first scan.</summary>
    public double ScrubPercent => Volatile.Read(ref _scrubPercent) is > 0 and var percent ? percent : _options.ScanSpeedPercent;

    /// <summary>How fast contents are read again, in bytes a second; 0 before the first scan.</summary>
    public long ScrubBytesPerSecond => _limiter?.BytesPerSecond ?? 0;

    /// <summary>Times all contents were read again.</summary>
    public long ScrubPasses => _scrub.Passes;

    /// <summary>Why the last scan failed; empty when it did not.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Changes how fast contents are read again, in percent of the speed of the first scan; 0 for what is configured.</summary>
    public void UseScrubSpeed(double percent)
    {
        percent = Math.Clamp(percent, 0, 100);
        if (Interlocked.Exchange(ref _scrubPercent, percent) != percent && _limiter is { } limiter)
        {
            limiter.BytesPerSecond = ScrubSpeed();
        }
    }

    /// <summary>Changes what is looked at; a scan with the new scope begins at once (rule 4).</summary>
    public void SetScope(WatchScope scope)
    {
        _wanted = scope;
        Wake();
    }

    /// <summary>Begins the next look now.</summary>
    public void Wake()
    {
        if (_wake.CurrentCount == 0)
        {
            _wake.Release();
        }
    }

    /// <summary>Reads some paths again at once, before anything else.</summary>
    public async Task RescanAsync(IReadOnlyCollection<UnixPath> paths, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _background?.Cancel();
        }

        await _scanning.WaitAsync(cancellationToken);
        try
        {
            if (_current is { } snapshot && paths.Count > 0)
            {
                var request = new ScanRequest { Scope = snapshot.Scope.Scan };
                Accept(await _scanner.RescanAsync(request, snapshot.Tree, paths, cancellationToken), snapshot.Scope);
            }
        }
        finally
        {
            _scanning.Release();
        }
    }

    /// <summary>Scans until cancelled. Failures are reported and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = RetryPause;
            try
            {
                await SweepAsync(cancellationToken);
                await ScrubAsync(cancellationToken);
                Error = "";
                pause = LastScan * PausePerCost;
                pause = pause < _options.MinSweepInterval ? _options.MinSweepInterval : pause > _options.SweepInterval ? _options.SweepInterval : pause;
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

            await PauseAsync(pause, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _scanning.Dispose();
        _wake.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        using var over = new CancellationTokenSource(pause, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            await _wake.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The pause is over and nobody asked for an earlier look.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        await RunInBackgroundAsync(
            async (snapshot, token) =>
            {
                var scope = _wanted;
                var result = await _scanner.ScanAsync(new ScanRequest { Scope = scope.Scan }, snapshot?.Tree, token);
                Scans++;
                LastScan = result.Duration;
                LastScanEnd = _time.GetUtcNow();
                if (snapshot is null)
                {
                    SetScrubSpeed(result);
                    _log.FirstScan(result.Tree.Counts.Inodes, result.Duration.TotalSeconds, result.BytesRead);
                }

                Accept(result, scope);
            },
            cancellationToken);
    }

    private async Task ScrubAsync(CancellationToken cancellationToken)
    {
        if (_limiter is null)
        {
            return;
        }

        await RunInBackgroundAsync(
            async (snapshot, token) =>
            {
                if (snapshot is null)
                {
                    return;
                }

                // What the pause and the sweep cost of time is made up for here, so that the speed is kept on the average.
                var budget = (long)(_limiter.BytesPerSecond * (LastScan + _options.MinSweepInterval).TotalSeconds);
                var paths = _scrub.Next(snapshot.Tree, budget);
                if (paths.Count > 0)
                {
                    var request = new ScanRequest { Mode = ScanMode.Scrub, Scope = snapshot.Scope.Scan, Limiter = _limiter };
                    Accept(await _scanner.RescanAsync(request, snapshot.Tree, paths, token), snapshot.Scope);
                }
            },
            cancellationToken);
    }

    private async Task RunInBackgroundAsync(Func<MachineSnapshot?, CancellationToken, Task> scan, CancellationToken cancellationToken)
    {
        await _scanning.WaitAsync(cancellationToken);
        using var interruptible = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var snapshot = _current;
            lock (_lock)
            {
                _background = snapshot is null ? null : interruptible;
            }

            await scan(snapshot, interruptible.Token);
        }
        finally
        {
            lock (_lock)
            {
                _background = null;
            }

            _scanning.Release();
        }
    }

    private void SetScrubSpeed(ScanResult first)
    {
        _fullSpeed = first.BytesRead / Math.Max(first.Duration.TotalSeconds, 0.001);
        _limiter = new ReadLimiter(ScrubSpeed(), _time);
    }

    private long ScrubSpeed() => Math.Max(SlowestScrub, (long)(_fullSpeed * ScrubPercent / 100));

    private void Accept(ScanResult result, WatchScope scope)
    {
        BytesRead += result.BytesRead;
        Hot = result.Hot;
        foreach (var path in result.ChangedSilently)
        {
            ChangedSilently++;
            _log.ChangedSilently(path.ToString());
        }

        var before = _current;
        _current = new MachineSnapshot(result.Tree, scope);
        if (before is null || !ReferenceEquals(before.Tree, result.Tree) || !ReferenceEquals(before.Scope, scope))
        {
            _changed();
        }
    }
}
