using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Systemd;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Logs;
using Dom.Roles.LockManager.Fronts;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.LockManager;

/// <summary>Lets at most N machines of a group be down, or jobs run, at once.</summary>
public sealed class LockManagerRole : IRole
{
    private readonly LockManagerOptions _options;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MetricsRegistry? _metrics;
    private LockManagerService? _service;
    private RoleHost? _host;
    private FleetLockHost? _front;
    private MasterBootIds? _master;
    private Task _watching = Task.CompletedTask;

    /// <summary>Makes the role; nothing is read or opened yet.</summary>
    public LockManagerRole(LockManagerOptions options, ILoggerFactory logging, TimeProvider clock)
    {
        _options = options.Complete();
        _logging = RoleLogging.For(logging, clock);
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Name => "lock-manager";

    /// <inheritdoc/>
    public IPEndPoint Address => _host?.Address ?? throw new InvalidOperationException("the lock-manager has not been started");

    /// <summary>Where FleetLock and disruption requests are answered; null when they are not.</summary>
    public IPEndPoint? FleetLockAddress => _front?.Address;

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IReadOnlyList<LoopProgress> Loops => _service is { } service ? [service.Progress] : [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var log = _logging.CreateLogger<LockManagerRole>();
        var credentials = _options.Tls.ReadCredentials(_clock);
        _metrics = new MetricsRegistry(Name, BuildVersion.Text);
        var counters = new LockCounters(_metrics);
        _master = _options.Master is { } master ? new MasterBootIds(master, credentials, _clock) : null;
        var service = await LockManagerService.OpenAsync(_options, counters, _master is null ? null : _master.ReadAsync, _clock, log, cancellationToken);
        _service = service;
        LockManagerMetrics.Publish(_metrics, service, _clock);
        var endpoints = new LockEndpoints(service, _clock);
        var router = new RpcRouter(_clock);
        endpoints.MapTo(router);
        _host = new RoleHost(new RoleHostOptions
        {
            Role = Name,
            Listen = _options.Listen,
            Credentials = credentials,
            Router = router,
            Pages = new LockManagerPages(service, endpoints, _clock).Map(),
            StatusPages = _options.StatusPages,
            Metrics = _metrics,
            NotReady = service.NotReady,
            // A disruption tool is one process a machine and waits here, from the master's host for all of them.
            Limits = new RoleHostLimits { ConnectionsPerCaller = 4096, CallsPerCaller = 4096 },
            AuditFile = Path.Combine(_options.StateDirectory, "audit.log"),
            Logging = _logging,
            Time = _clock,
        });
        await _host.StartAsync(cancellationToken);
        if (_options.FleetLockListen is { } listen)
        {
            _front = new FleetLockHost(new FleetLockFront(service, _options, log), listen, _options.FleetLockTls ? credentials : null, counters, _logging, _clock);
            await _front.StartAsync(cancellationToken);
            log.ServingFronts(_front.Address.ToString(), _options.FleetLockTls ? "TLS" : "plain", string.Join(", ", _options.AllowFrom));
        }

        service.Start();
        _watching = WatchAsync(service);
        log.Serving(service.Groups.Count, service.Store.Description, _host.Address.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_front is not null)
        {
            await _front.DisposeAsync();
        }

        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_service is not null)
        {
            await _service.DisposeAsync();
            await _watching;
        }

        if (_master is not null)
        {
            await _master.DisposeAsync();
        }

        _metrics?.Dispose();
        _completion.TrySetResult();
    }

    private async Task WatchAsync(LockManagerService service)
    {
        await Task.WhenAny(service.Failed);
        if (service.Failed.Exception is { InnerException: { } fault })
        {
            _completion.TrySetException(fault);
        }
    }
}
