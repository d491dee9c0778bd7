using System.Buffers.Binary;
using System.Security.Cryptography;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Systemd;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting;
using Dom.Roles.Master.Computed;
using Dom.Roles.Master.Images;
using Dom.Roles.Master.Machines;
using Dom.Roles.Master.Policy;
using Dom.Roles.Master.Records;
using Dom.Roles.Master.State;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master;

/// <summary>The master without its port: state, policy, images, the machine list and the loops of all machines.</summary>
internal sealed partial class MasterService : IAsyncDisposable
{
    private readonly MasterOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _logger;
    private readonly MasterState _state;
    private readonly IMachineListSource _list;
    private readonly MasterContext _context;
    private readonly SemaphoreSlim _dialGate;
    private readonly FileGenerators _generators;
    private readonly string _newId;
    private readonly LoopProgress _listing;
    private readonly CancellationTokenSource _stopping = new();
    private Task _watching = Task.CompletedTask;
    private Task _saving = Task.CompletedTask;
    private Task _latest = Task.CompletedTask;

    /// <summary>Reads the state directory; nothing runs before <see cref="StartAsync"/>.</summary>
    /// <exception cref="IOException">The state directory cannot be used, or another master uses it.</exception>
    /// <exception cref="InvalidDataException">A file in it is damaged.</exception>
    public MasterService(
        MasterOptions options, MasterConnections connections, MetricsRegistry metrics, ILogger logger, TimeProvider clock, Random random)
    {
        _options = options;
        _clock = clock;
        _logger = logger;
        StartTime = clock.GetUtcNow();
        _newId = $"{Environment.MachineName}/{random.NextInt64():x}";
        _listing = new LoopProgress("master.list", clock);
        _state = MasterState.Open(options.StateDirectory);
        _list = options.OpenMachineList(connections, clock);
        _dialGate = new SemaphoreSlim(options.MaxConnecting);
        Stop = new EmergencyStop(_state.Updates, clock, _state.SaveUpdatesAsync, () => Fleet?.WakeAll());
        Clears = new SafetyClears(_state.Safety, clock);
        Pauses = new Pauses(_state.Controls.Pauses, clock, _state.SaveControlsAsync, host => Fleet?.Wake(host));
        DefaultImage = new DurableChoice<DefaultImage>(_state.Controls.DefaultImage, _state.SaveControlsAsync);
        SubsConfiguration = new DurableChoice<SubsConfiguration>(_state.Controls.SubsConfiguration, _state.SaveControlsAsync);
        Disruptions = new Disruptions(_state.Brake.Disruptions, clock, host => Fleet?.Wake(host));
        Brake = new Brake(options.BrakeLimits, _state.Brake, clock, host => Fleet?.Wake(host));
        Admission = new FetchAdmission(options.MaxFetching, host => Fleet?.Wake(host));
        Servers = new ImageServers(options.ImageServer.Select(s => s.ToString()), connections.ImageServer, clock);
        _generators = new FileGenerators(connections.FileGenerator, new ComputedMemory());
        Images = new ImageResolver(Servers, _state.Images, clock, random, _state.SaveImagesAsync, name => Fleet?.WakeFor(name), logger);
        Latest = new LatestImages(Servers, clock, random, directory => Fleet?.NoteLatest(directory), logger);
        _state.Attach(Stop.Snapshot, () => Brake.Snapshot() with { Disruptions = Disruptions.Snapshot() }, Clears.Snapshot, Images.Snapshot, () => _list.List.Machines, SnapshotControls);
        var counts = new MasterMetrics(metrics);
        History = new MachineHistory(_state.OpenHistory(options.HistoryKilobytes), clock, counts.CountUnrecorded, logger);
        var hook = options.DriftHook is { } command ? new DriftHook(command, options.DriftHookTimeout, counts, clock, logger) : null;
        Drift = new DriftCollector(_state.OpenDrift(options.DriftKilobytes), hook, counts, clock, logger);
        _context = new MasterContext
        {
            Options = options,
            Clock = clock,
            Random = random,
            MasterId = _state.Identity?.Id ?? _newId,
            Instance = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 11,
            Stop = Stop,
            Clears = Clears,
            Pauses = Pauses,
            Brake = Brake,
            Disruptions = Disruptions,
            Configuration = SubsConfiguration,
            Admission = Admission,
            Images = Images,
            Latest = Latest,
            Servers = Servers,
            Generators = _generators,
            Changes = new FleetChanges((ulong)random.NextInt64(1, long.MaxValue)),
            State = _state,
            Turns = new LoopProgress("master.machines", clock),
            Dial = connections.Sub,
            DialGate = _dialGate,
            Metrics = counts,
            History = History,
            Drift = Drift,
            Logger = logger,
        };
        Fleet = new Fleet(_context);
        Watch = new FleetWatch(Fleet, clock);
        FastUpdates = new FastUpdates(_context.Changes, clock);
        Observe(metrics);
    }

    /// <summary>When the master started, by its clock.</summary>
    public DateTimeOffset StartTime { get; }

    /// <summary>The emergency stop.</summary>
    public EmergencyStop Stop { get; }

    /// <summary>Plans let through the safety stop.</summary>
    public SafetyClears Clears { get; }

    /// <summary>Machines that are paused.</summary>
    public Pauses Pauses { get; }

    /// <summary>The image of machines for which the list requires none.</summary>
    public DurableChoice<DefaultImage> DefaultImage { get; }

    /// <summary>Speeds for all subs.</summary>
    public DurableChoice<SubsConfiguration> SubsConfiguration { get; }

    /// <summary>Machines that may be disrupted.</summary>
    public Disruptions Disruptions { get; }

    /// <summary>The brake.</summary>
    public Brake Brake { get; }

    /// <summary>Who reads from image servers.</summary>
    public FetchAdmission Admission { get; }

    /// <summary>Image names and digests.</summary>
    public ImageResolver Images { get; }

    /// <summary>The newest images of directories.</summary>
    public LatestImages Latest { get; }

    /// <summary>The image servers.</summary>
    public ImageServers Servers { get; }

    /// <summary>The loop that follows the machine list, and those of the machines as one.</summary>
    public IReadOnlyList<LoopProgress> Loops => [_listing, _context.Turns];

    /// <summary>All machines.</summary>
    public Fleet Fleet { get; }

    /// <summary>Streams the fleet's changes.</summary>
    public FleetWatch Watch { get; }

    /// <summary>What happened to machines.</summary>
    public MachineHistory History { get; }

    /// <summary>The deviations that machines corrected.</summary>
    public DriftCollector Drift { get; }

    /// <summary>Fast updates.</summary>
    public FastUpdates FastUpdates { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>The machine list in force.</summary>
    public MachineList List => _list.List;

    /// <summary>What is wrong with the machine list; empty when nothing is.</summary>
    public string ListError => _list.Error;

    /// <summary>Reads the machine list and starts the loops.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_state.Identity is null)
        {
            await _state.NameAsync(_newId);
        }

        if (_state.Machines is { } last)
        {
            _list.Restore(new MachineList(last));
        }

        if (Stop.IsOn)
        {
            LogStopped(_logger, Stop.State.User, Stop.State.Since, Stop.State.Reason);
        }

        await RefreshListAsync(cancellationToken);
        if (_list.List.Count > 0 && Fleet.Machines.IsEmpty)
        {
            await ApplyListAsync();
        }

        _watching = WatchListAsync(_stopping.Token);
        _saving = Task.WhenAll(RepeatSavesAsync(_stopping.Token), PruneRecordsAsync(_stopping.Token));
        _latest = Latest.RunAsync(_stopping.Token);
    }

    /// <summary>Why the master cannot do its work now; empty when it can.</summary>
    public IReadOnlyList<NotReadyReason> NotReady()
    {
        var reasons = new List<NotReadyReason>();
        if (_list.Error.Length > 0 && _list.List.Count == 0)
        {
            reasons.Add(new NotReadyReason("there is no usable machine list", _list.Error));
        }

        if (Servers.Report.All(s => s.Error.Length > 0))
        {
            reasons.Add(new NotReadyReason("no image server answers", string.Join("; ", Servers.Report.Select(s => s.Error))));
        }

        reasons.AddRange(_state.Unsaved().Select(e => new NotReadyReason("decisions cannot be saved, so a restart would forget them", $"{_options.StateDirectory}: {e}")));
        return reasons;
    }

    /// <summary>Makes the brake durable after a person changed it.</summary>
    public Task SaveBrakeAsync() => _state.SaveBrakeAsync();

    /// <summary>Makes cleared safety stops durable.</summary>
    public Task SaveSafetyAsync() => _state.SaveSafetyAsync();

    /// <summary>Ends the loops. Machines finish what they are doing, and the next master finds them as they are.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        await _list.DisposeAsync();
        await _saving;
        await _latest;
        await Drift.DisposeAsync();
        await Fleet.DisposeAsync();
        await History.DisposeAsync();
        await Images.DisposeAsync();
        await Servers.DisposeAsync();
        await _generators.DisposeAsync();
        Brake.Dispose();
        Stop.Dispose();
        Pauses.Dispose();
        DefaultImage.Dispose();
        SubsConfiguration.Dispose();
        await _state.FlushAsync();
        _state.Dispose();
        _dialGate.Dispose();
        _stopping.Dispose();
    }

    private ControlsState SnapshotControls() => new()
    {
        DefaultImage = DefaultImage.Snapshot(),
        Pauses = Pauses.Snapshot(),
        SubsConfiguration = SubsConfiguration.Snapshot(),
    };
}
