using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees;
using Dom.Core.Trees.Filters;
using Dom.Core.Trees.Scanning;
using Dom.Roles.Sub;
using Dom.Roles.Sub.Scanning;
using Dom.Tests.Core.Trees.Scanning;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Sub.Scanning;

/// <summary>A watch over a directory. Unless told otherwise it sweeps once, so that everything later is found by what the kernel tells.</summary>
internal sealed class WatchFixture : IAsyncDisposable
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private readonly TempDirectory? _temp;
    private readonly DirectoryHandle _root;
    private readonly CancellationTokenSource _stop = new();
    private readonly PathFilter _exclusions;
    private readonly Task _running;

    private WatchFixture(string? path, string[] exclusions, Func<SubOptions, SubOptions>? change, Action<string>? fill)
    {
        _temp = path is null ? new TempDirectory("dom-watch-") : null;
        Path = path ?? _temp!.Path;
        fill?.Invoke(Path);
        _root = DirectoryHandle.Open(Path);
        _exclusions = PathFilter.FromLines(exclusions);
        var options = new SubOptions { MinSweepInterval = Never, SweepInterval = Never };
        Watch = new TreeWatch(
            _root, WatchScope.Of(_exclusions, new Dictionary<ObjectId, PathFilter>()), change?.Invoke(options) ?? options, TimeProvider.System, NullLogger.Instance, static () => { }, writers: Writers);
        _running = Watch.RunAsync(_stop.Token);
    }

    public string Path { get; }

    public TreeWatch Watch { get; }

    public PathWriters Writers { get; } = new();

    public FileTree Tree => Watch.Current!.Tree.Tree;

    public static async Task<WatchFixture> StartAsync(
        CancellationToken cancellationToken,
        string? path = null,
        string[]? exclusions = null,
        Func<SubOptions, SubOptions>? change = null,
        Action<string>? fill = null)
    {
        var fixture = new WatchFixture(path, exclusions ?? [], change, fill);
        await fixture.UntilAsync(() => fixture.Watch is { Scans: > 0, Notice.State: not NoticeState.CatchingUp }, "the first scan", cancellationToken);
        return fixture;
    }

    public string At(string path) => Path + path;

    public Inode Find(string path) => Tree.Find(UnixPath.Of(path));

    public async Task UntilAsync(Func<bool> holds, string what, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!holds())
        {
            if (limit.IsCancellationRequested)
            {
                throw new AssertionException($"waited in vain for: {what} (notice: {Watch.Notice.State} {Watch.Notice.Fault}, {Watch.Notice.Events} events, sweeps: {Watch.Scans}, {Watch.Error})");
            }

            await Task.WhenAny(_running, Task.Delay(10, CancellationToken.None));
            if (_running.IsFaulted)
            {
                await _running;
            }
        }
    }

    /// <summary>Waits until the snapshot is what a scan from nothing finds.</summary>
    public async Task UntilFreshAsync(string what, CancellationToken cancellationToken)
    {
        var scanner = new TreeScanner(_root, new ScanOptions());
        var request = new ScanRequest { Scope = new ScanScope(_exclusions) };
        var fresh = ScanFixture.List((await scanner.ScanAsync(request, null, cancellationToken)).Tree.Tree);
        try
        {
            await UntilAsync(() => ScanFixture.List(Tree).SequenceEqual(fresh), what, cancellationToken);
        }
        catch (AssertionException)
        {
            Assert.That(ScanFixture.List(Tree), Is.EqualTo(fresh), what);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // It ran until now.
        }

        await Watch.DisposeAsync();
        _stop.Dispose();
        _root.Dispose();
        _temp?.Dispose();
    }
}
