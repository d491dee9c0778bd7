using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Systemd;
using Dom.Core.Telemetry;
using Dom.Core.Trees.Filters;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Logs;
using Dom.Roles.Sub.Disruption;
using Dom.Roles.Sub.Drift;
using Dom.Roles.Sub.Health;
using Dom.Roles.Sub.Images;
using Dom.Roles.Sub.Reboots;
using Dom.Roles.Sub.Scanning;
using Dom.Roles.Sub.Tools;
using Dom.Roles.Sub.Update;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Sub;

/// <summary>The agent on a machine: knows what its file tree looks like, tells the master, and carries out what the master directs.</summary>
public sealed class SubRole : IRole
{
    private const int ImageServerPort = 6971;
    private static readonly TimeSpan KeepPartials = TimeSpan.FromDays(1);

    private readonly SubOptions _options;
    private readonly ILogger _log;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PrivateDirectory? _directory;
    private DriftLog? _drift;
    private SubParts? _parts;
    private Convergence? _convergence;
    private SubService? _service;
    private DirectChangeService? _direct;
    private MetricsRegistry? _metrics;
    private RoleHost? _host;
    private Task _loops = Task.CompletedTask;
    private Task _health = Task.CompletedTask;

    /// <summary>Makes the role; it touches nothing before it is started.</summary>
    public SubRole(SubOptions options, ILoggerFactory logging, TimeProvider time)
    {
        _options = options;
        _logging = RoleLogging.For(logging, time);
        _log = _logging.CreateLogger<SubRole>();
        _time = time;
    }

    /// <inheritdoc/>
    public string Name => "sub";

    /// <inheritdoc/>
    public IPEndPoint Address => _host?.Address ?? throw new InvalidOperationException("the sub has not been started");

    /// <summary>The program this role runs in.</summary>
    internal OwnProgram Program { get; init; } = OwnProgram.Current;

    /// <summary>The kernel's id of this boot.</summary>
    internal string BootId { get; init; } = ReadBootId();

    /// <summary>How often who decides on disruptions is asked.</summary>
    internal DisruptionPace DisruptionPace { get; init; } = new();

    internal Convergence Convergence => _convergence ?? throw new InvalidOperationException("the sub has not been started");

    internal SubParts Parts => _parts ?? throw new InvalidOperationException("the sub has not been started");

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IReadOnlyList<LoopProgress> Loops => [Parts.Watch.Progress, Convergence.Progress];

    /// <summary>Finishes what a crash interrupted, then listens; the first scan goes on in the background.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        FailPoint.Arm();
        var credentials = _options.Tls.ReadCredentials(_time);
        _directory = PrivateDirectory.Open(_options.Root, _time.GetUtcNow() - KeepPartials);
        if (_directory.Abilities.Missing is { Count: > 0 } missing)
        {
            _log.NotHeld(_options.Root, string.Join(", ", missing));
        }

        var exclusions = PathFilter.FromLines([.. _options.ScanExclusions, "/\\.subd(|/.*)$"]);
        var parts = _parts = Assemble(_directory, exclusions);
        foreach (var note in DamagedNotes.List(_directory.Directory))
        {
            _log.NoteDamaged(Path.Combine(_options.Root, ".subd"), note);
        }

        _convergence = new Convergence(parts, exclusions, _log);
        var self = new SelfUpdate(Program, _directory.RootPath, _time, _log, () => _completion.TrySetException(new ProgramReplacedException()));
        var wayBack = new WayBack(parts, _convergence, self, _options.OwnService, _time, _log, _stopping.Token);
        var reboots = new RebootControl(parts, _time, _log);
        IDisruptionAuthority? authority = _options.DisruptionTool is { } tool ? new DisruptionTool(tool, _options.DisruptionTimeout, _time) : null;
        var disruption = new DisruptionControl(authority, DisruptionPace, parts, _convergence, _time, _log);
        _convergence.Reboots = reboots;
        parts.Engine.Concluding = outcome => Conclude(parts, wayBack, outcome);
        var updates = new UpdateJob(parts, _convergence, wayBack, _options.OwnService, self, _log);
        await RecoverAsync(parts, updates);

        var fetcher = new Fetcher(parts, _convergence, server => Connect(server, credentials), parts.Network, _log);
        _service = new SubService(parts, _convergence, fetcher, updates, new MasterWatch(_time, _log), reboots, disruption, _time, _log);
        _metrics = new MetricsRegistry(Name, BuildVersion.Text);
        SubMetrics.Publish(_metrics, parts, _convergence);
        var router = new RpcRouter(_time);
        _service.MapTo(router);
        new SnapshotService(parts).MapTo(router);
        var cleaner = new StoreCleaner(parts, _convergence, _log);
        new ToolService(parts, _options, _convergence, cleaner, _time).MapTo(router);
        _direct = new DirectChangeService(parts, _options, exclusions, _service, _log);
        _direct.MapTo(router);
        _host = new RoleHost(new RoleHostOptions
        {
            Role = Name,
            Listen = _options.Listen,
            Credentials = credentials,
            Router = router,
            Pages = new SubPages(parts, _convergence, _options.Root, _time).Map(),
            StatusPages = _options.StatusPages,
            Metrics = _metrics,
            NotReady = () => NotReady(parts),
            AuditFile = Path.Combine(_options.Root, ".subd", "audit.log"),
            Logging = _logging,
            Time = _time,
        });
        await _host.StartAsync(cancellationToken);
        _log.Managing(_options.Root, _host.Address.ToString());
        _loops = RunAsync(parts, _convergence, cleaner, reboots, disruption);
        var health = new HealthWatch(
            parts, _convergence, wayBack, new HealthCommand(_options.HealthTimeout, _time), _options.HealthyAfter, _service.GoBackAsync, _time, _log);
        _health = GuardAsync("the watch of health", health.RunAsync(_stopping.Token));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        await _health;
        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _direct?.Dispose();
        await _loops;
        _convergence?.Dispose();
        if (_parts is not null)
        {
            _parts.Directions.Dispose();
            _parts.Speeds.Dispose();
            await _parts.Engine.DisposeAsync();
            await _parts.Watch.DisposeAsync();
        }

        _drift?.Dispose();
        if (_directory is not null)
        {
            await _directory.DisposeAsync();
        }

        _metrics?.Dispose();
        _stopping.Dispose();
        _completion.TrySetResult();
    }

    private SubParts Assemble(PrivateDirectory directory, PathFilter exclusions)
    {
        var library = new ImageLibrary(directory.Trees, _time);
        var computed = new ComputedSets(directory);
        var writers = new PathWriters();
        var contested = new ContestedPaths(_time, writers);
        var kept = new KeptDirectories(directory.Directory);
        var applied = new ImageMark(directory.Directory, "applied"u8);
        var rolledBack = new RolledBackMark(directory.Directory, applied);
        var services = ServiceOptions();
        var scope = library.TryFind(applied.Image?.Manifest ?? default) is { } image
            ? WatchScope.Of(exclusions, new Dictionary<Core.Objects.ObjectId, PathFilter> { [image.Digest] = image.Filter })
            : WatchScope.Of(exclusions, new Dictionary<Core.Objects.ObjectId, PathFilter>());
        var state = new ReportedState(kept.Look()(FirstState(directory)));
        var network = new NetworkShare(_options.NetworkSpeedPercent);
        var watch = new TreeWatch(directory.Root, scope, _options, _time, _log, () => _convergence?.Look(), new ScrubRecord(directory.Directory, _time), writers);
        return new SubParts
        {
            Directory = directory,
            Library = library,
            Computed = computed,
            Assessor = new Assessor(directory, library, computed, contested, applied, rolledBack, exclusions, _options.OwnService),
            Watch = watch,
            Engine = new UpdateEngine(
                new UpdateSite(directory.Root, directory.Directory, directory.RootPath, directory.Abilities), directory.Objects, new ServiceRunner(services, _time), _time),
            Health = new HealthChecks(_options.HealthCommand, services.Enabled, library),
            Applied = applied,
            Begun = new ImageMark(directory.Directory, "begun"u8),
            Contested = contested,
            Drift = new DriftRecorder(directory.Directory, _drift = DriftLog.Open(directory.Directory), contested, _time),
            Kept = kept,
            RolledBack = rolledBack,
            Reboot = new RebootMark(directory.Directory, BootId),
            State = state,
            Network = network,
            Speeds = new SpeedControl(watch, network, state, _time, _log),
            Directions = new Directions(_time),
            Hold = new MachineHold(directory.Directory, _time, _log),
            Pace = new PathPace(_time),
        };
    }

    private ServiceRunnerOptions ServiceOptions()
    {
        if (!_options.ManagesServices)
        {
            _log.ServicesOff(_options.Root);
        }

        return new ServiceRunnerOptions { Enabled = _options.ManagesServices, Command = _options.ServiceCommand ?? "", RebootCommand = _options.RebootCommand ?? "", Timeout = _options.ServiceTimeout };
    }

    private PollResponse FirstState(PrivateDirectory directory) => new()
    {
        // 53 bits, so that JSON's numbers hold it.
        Epoch = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) >> 11,
        Generation = 1,
        BootId = BootId,
        StartTime = _time.GetUtcNow(),
        Version = BuildVersion.Text,
        Phase = SubPhase.Scanning,
        NotHeld = directory.Abilities.Missing,
    };

    private async Task RecoverAsync(SubParts parts, UpdateJob updates)
    {
        parts.Drift.Remember();
        parts.Reboot.NoteBoot();
        if (parts.Reboot is { HasRebooted: true, Note: { } rebooted })
        {
            _log.HasRebooted(rebooted.Image);
        }

        if (await parts.Engine.RecoverAsync() is { } outcome)
        {
            _log.Recovered(outcome.Header.Image.Name, outcome.Code.ToString());
            await updates.SettleAsync(outcome, parts.Begun.Image);
        }
        else
        {
            parts.Drift.Drop();
        }

        parts.Reboot.EndRecovery();
    }

    /// <summary>What an update has done is judged just before its journal goes.</summary>
    private void Conclude(SubParts parts, WayBack wayBack, UpdateOutcome outcome)
    {
        wayBack.Judge(outcome);
        if (outcome.Reboots && _options.ManagesServices)
        {
            parts.Reboot.Demand(outcome.Header.Image);
            if (parts.Reboot.Note is { Progress: RebootProgress.Held, Reason: var reason })
            {
                _log.RebootHeld(outcome.Header.Image.Name, reason);
            }
        }
    }

    private Task RunAsync(SubParts parts, Convergence convergence, StoreCleaner cleaner, RebootControl reboots, DisruptionControl disruption)
    {
        var housekeeping = new Housekeeping(parts, convergence, cleaner, _time);
        return Task.WhenAll(
            GuardAsync("the scan", parts.Watch.RunAsync(_stopping.Token)),
            GuardAsync("the comparison", convergence.RunAsync(_stopping.Token)),
            GuardAsync("the watch of disruptions", disruption.RunAsync(_stopping.Token)),
            GuardAsync("the watch of reboots", reboots.RunAsync(_stopping.Token)),
            GuardAsync("housekeeping", housekeeping.RunAsync(_stopping.Token)));
    }

    /// <summary>A loop that ends by itself is a defect: the role says that it cannot go on, and the service manager starts it anew.</summary>
    private async Task GuardAsync(string name, Task loop)
    {
        try
        {
            await loop;
            if (!_stopping.IsCancellationRequested)
            {
                throw new InvalidOperationException($"{name} ended by itself");
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The role is being stopped.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            _log.LoopEnded(e, name);
            _completion.TrySetException(e);
        }
    }

    private static List<NotReadyReason> NotReady(SubParts parts)
    {
        var reasons = new List<NotReadyReason>();
        if (parts.Watch.Current is null)
        {
            reasons.Add(new NotReadyReason("the first scan is not complete"));
        }
        else if (parts.Watch.IsOverdue)
        {
            reasons.Add(new NotReadyReason(string.Create(
                CultureInfo.InvariantCulture, $"the files were last looked at {parts.Watch.SinceLastScan.TotalSeconds:F0} s ago: changes since then are not noticed")));
        }

        if (parts.Watch.IsScrubOverdue)
        {
            reasons.Add(new NotReadyReason(string.Create(
                CultureInfo.InvariantCulture,
                $"not all contents were read from the disk within {parts.Watch.SinceLastScrub.TotalDays:F1} days: raise ScanSpeedPercent or ScrubPeriod")));
        }

        if (parts.Watch.Error.Length > 0)
        {
            reasons.Add(new NotReadyReason("the last scan failed", parts.Watch.Error));
        }

        if (parts.Engine.ServicesDown)
        {
            reasons.Add(new NotReadyReason("services that an update stopped are not running again"));
        }

        return reasons;
    }

    private static RpcClient Connect(string server, RpcCredentials credentials) =>
        new(RpcEndpoint.Parse(server, ImageServerPort, "imageserver"), credentials);

    private static string ReadBootId()
    {
        const string file = "/proc/sys/kernel/random/boot_id";
        return File.Exists(file) ? File.ReadAllText(file).Trim() : "";
    }
}
