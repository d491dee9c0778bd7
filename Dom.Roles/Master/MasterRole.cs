using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Systemd;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Logs;
using Dom.Roles.Master.Pages;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Master;

/// <summary>The master: polls all machines, judges them, directs updates, and answers people.</summary>
public sealed class MasterRole : IRole
{
    private readonly MasterOptions _options;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _loaded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MetricsRegistry? _metrics;
    private MasterService? _service;
    private RoleHost? _host;

    /// <summary>Makes the role; nothing is read or opened yet.</summary>
    public MasterRole(MasterOptions options, ILoggerFactory logging, TimeProvider clock)
    {
        _options = options;
        _logging = RoleLogging.For(logging, clock);
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Name => "master";

    /// <inheritdoc/>
    public IPEndPoint Address => _host?.Address ?? throw new InvalidOperationException("the master has not been started");

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IReadOnlyList<LoopProgress> Loops => _service?.Loops ?? [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var logger = _logging.CreateLogger<MasterRole>();
        var credentials = _options.Tls.ReadCredentials(_clock);
        _metrics = new MetricsRegistry(Name, BuildVersion.Text);
        var service = new MasterService(
            _options, MasterConnections.OverNetwork(_options, credentials, _clock), _metrics, logger, _clock, Random.Shared);
        _service = service;
        var endpoints = new MasterEndpoints(service, logger);
        var router = new RpcRouter(_clock);
        endpoints.MapTo(router);
        _host = new RoleHost(new RoleHostOptions
        {
            Role = Name,
            Listen = _options.Listen,
            Credentials = credentials,
            Router = router,
            Pages = new MasterPages(service, endpoints).Map(),
            StatusPages = _options.StatusPages,
            Metrics = _metrics,
            Loaded = _loaded.Task,
            NotReady = service.NotReady,
            AuditFile = Path.Combine(_options.StateDirectory, "audit.log"),
            Logging = _logging,
            Time = _clock,
        });

        // The port first: a master that does not get it must not have directed anybody.
        await _host.StartAsync(cancellationToken);
        await service.StartAsync(cancellationToken);
        _loaded.SetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_service is not null)
        {
            await _service.DisposeAsync();
        }

        _metrics?.Dispose();
        _completion.TrySetResult();
    }
}
