using System.Threading.Channels;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Systemd;
using Dom.Roles.Hosting;
using Dom.Roles.MdbSync.Publication;
using Dom.Roles.MdbSync.Sources;
using Dom.Roles.MdbSync.State;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync;

/// <summary>mdb-sync without its port: the sources, the list made of them, the files it is written to.</summary>
internal sealed class MdbSyncService : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WriteRetry = TimeSpan.FromSeconds(5);

    private readonly MdbSyncOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly MdbState _state;
    private readonly WatchedFile<Variables>? _variables;
    private readonly HostFilter _filter;
    private readonly MdbFiles _files;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Channel<bool> _toWrite = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<Task> _loops = [];
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private MdbSyncService(MdbSyncOptions options, MdbState state, WatchedFile<Variables>? variables, TimeProvider clock, ILogger log)
    {
        _options = options;
        _clock = clock;
        _log = log;
        _state = state;
        _variables = variables;
        _filter = new HostFilter(options, clock);
        StartTime = clock.GetUtcNow();
        Progress = new LoopProgress("mdb-sync.tick", clock);
        var definitions = SourcesFile.ReadAll(options, variables?.Value ?? Variables.None);
        Sources = [.. definitions.Select(d => new WatchedSource(d, SourceFactory.Make(d, options, clock), options.MaximumShrinkPercent, state, clock, log))];
        Publisher = new MdbPublisher(Sources, variables, _filter, state, options.MaximumShrinkPercent, clock, log);
        Pauses = new PauseControl(options, state, Publisher, Update, clock, log);
        _files = new MdbFiles(Publisher, state, options.Output, log);
    }

    /// <summary>When the service started.</summary>
    public DateTimeOffset StartTime { get; }

    /// <summary>The loop that follows pauses and configured files.</summary>
    public LoopProgress Progress { get; }

    /// <summary>The sources, the weakest first.</summary>
    public IReadOnlyList<WatchedSource> Sources { get; }

    /// <summary>The list in force.</summary>
    public MdbPublisher Publisher { get; }

    /// <summary>Pausing and resuming.</summary>
    public PauseControl Pauses { get; }

    /// <summary>The variables in force.</summary>
    public Variables Variables => _variables?.Value ?? Variables.None;

    /// <summary>Ends with an error when a loop does.</summary>
    public Task Failed => _failed.Task;

    /// <summary>Opens the state and makes the list of what was known before; sources are looked at after <see cref="Start"/>.</summary>
    /// <exception cref="IOException">The state directory or that of the output cannot be used.</exception>
    /// <exception cref="Hosting.Configuration.ConfigurationException">The sources are wrong.</exception>
    public static async Task<MdbSyncService> OpenAsync(MdbSyncOptions options, TimeProvider clock, ILogger log, CancellationToken cancellationToken)
    {
        var state = MdbState.Open(options.StateDirectory, clock, log);
        try
        {
            var variables = options.VariablesFile is { } path ? new WatchedFile<Variables>(path, Variables.ReadAsync, clock) : null;
            if (variables is not null)
            {
                await variables.RefreshAsync(cancellationToken);
            }

            var service = new MdbSyncService(options, state, variables, clock, log);
            foreach (var file in service._filter.Files)
            {
                await file.RefreshAsync(cancellationToken);
            }

            state.RemoveOthers();
            service.Publisher.Update();
            await service._files.LookAsync(cancellationToken);
            return service;
        }
        catch
        {
            state.Dispose();
            throw;
        }
    }

    /// <summary>Starts to look at the sources.</summary>
    public void Start()
    {
        foreach (var source in Sources)
        {
            Run(source.Name, SourceFactory.IntervalOf(source.Definition, _options), async cancellationToken =>
            {
                if (await source.RefreshAsync(cancellationToken) || source.List is null || Publisher.Feed.Current is null)
                {
                    Update();
                }
            });
        }

        Run("configured files and pauses", Tick, TickAsync);
        Run("what is to be written", WriteRetry, WriteAsync);
        _loops.Add(GuardAsync("what is to be written at once", WriteWhenAskedAsync));
        Update();
    }

    /// <summary>Everything that is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Problems()
    {
        var problems = new List<string>();
        Add(Publisher.Held);
        Add(_files.OutputError);
        Add(_files.StateError);
        Add(_state.PauseSaves.Error is { Length: > 0 } fault ? $"pauses cannot be saved: {fault}" : "");
        Add(Publisher.Undefined is { Length: > 0 } names ? $"machines use variables that are not defined: {names}" : "");
        Add(_variables is { Error.Length: > 0 } variables ? $"{variables.Path}: {variables.Error}" : "");
        problems.AddRange(_filter.Files.Where(static f => f.Error.Length > 0).Select(static f => $"{f.Path}: {f.Error}"));
        problems.AddRange(Sources.Select(static s => s.Status).Where(static s => s.Error.Length > 0).Select(static s => $"source {s.Name}: {s.Error}"));
        return problems;

        void Add(string problem)
        {
            if (problem.Length > 0)
            {
                problems.Add(problem);
            }
        }
    }

    /// <summary>Why the role does not do its work; empty when it does.</summary>
    public IReadOnlyList<NotReadyReason> NotReady() => Publisher.Feed.Current is null
        ? [new NotReadyReason("there is no machine list yet", Publisher.Held)]
        : [.. new[] { _files.OutputError, _files.StateError }.Where(static e => e.Length > 0).Select(static e => new NotReadyReason("a file cannot be written", e))];

    /// <summary>Lists that wait to be accepted.</summary>
    public IReadOnlyList<RefusedShrink> Refused() =>
        [.. Sources.Select(static s => s.Refused).Append(Publisher.Refused).OfType<RefusedShrink>()];

    /// <summary>Takes what was refused.</summary>
    /// <param name="source">The source; empty for everything.</param>
    /// <param name="atMost">What lost more is not taken; 0 for any number.</param>
    public async Task<IReadOnlyList<RefusedShrink>> AcceptAsync(string source, int atMost)
    {
        var accepted = new List<RefusedShrink>();
        foreach (var candidate in Sources.Where(s => source.Length == 0 || s.Name == source))
        {
            if (await candidate.AcceptAsync(atMost) is { } taken)
            {
                Publisher.Allow(taken.Lost);
                accepted.Add(taken.Shrink);
            }
        }

        if (source.Length == 0 && Publisher.Accept(atMost) is { } merged)
        {
            accepted.Add(merged);
        }

        Update();
        return accepted;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        await _files.WriteAsync();
        foreach (var source in Sources)
        {
            await source.IdleAsync();
            source.Dispose();
        }

        await _state.PauseSaves.IdleAsync();
        Pauses.Dispose();
        _files.Dispose();
        _state.Dispose();
        _stopping.Dispose();
        _failed.TrySetResult();
    }

    private void Update()
    {
        Publisher.Update();
        _toWrite.Writer.TryWrite(true);
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        await Progress.ResumeAsync();
        var changed = await Pauses.ExpireAsync();
        if (_variables is not null)
        {
            changed |= await RefreshAsync(_variables, cancellationToken);
        }

        foreach (var file in _filter.Files)
        {
            changed |= await RefreshAsync(file, cancellationToken);
        }

        if (changed)
        {
            Update();
        }
    }

    private async Task<bool> RefreshAsync<T>(WatchedFile<T> file, CancellationToken cancellationToken)
        where T : class
    {
        var before = file.Error;
        var changed = await file.RefreshAsync(cancellationToken);
        if (file.Error.Length > 0 && file.Error != before)
        {
            _log.FileFailed(file.Path, file.Error);
        }

        return changed;
    }

    private async Task WriteWhenAskedAsync(CancellationToken cancellationToken)
    {
        while (await _toWrite.Reader.WaitToReadAsync(cancellationToken))
        {
            _toWrite.Reader.TryRead(out _);
            await _files.WriteAsync();
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        if (_files.OutputError.Length > 0 || _files.StateError.Length > 0)
        {
            await _toWrite.Writer.WriteAsync(true, cancellationToken);
        }

        await Pauses.RepeatSaveAsync();
    }

    private void Run(string what, TimeSpan interval, Func<CancellationToken, Task> look) => _loops.Add(GuardAsync(what, async cancellationToken =>
    {
        using var timer = new PeriodicTimer(interval, _clock);
        do
        {
            await look(cancellationToken);
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }));

    private async Task GuardAsync(string what, Func<CancellationToken, Task> loop)
    {
        try
        {
            await Task.Yield();
            await loop(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            _log.WatchEnded(what);
        }
        catch (Exception fault)
        {
            _log.WatchFailed(fault, what);
            _failed.TrySetException(fault);
        }
    }
}
