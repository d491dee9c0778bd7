using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Systemd;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Logs;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.MdbSync;

/// <summary>Makes one machine list of many sources and gives it out, as a file and as a stream.</summary>
public sealed class MdbSyncRole : IRole
{
    private readonly MdbSyncOptions _options;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _clock;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MetricsRegistry? _metrics;
    private MdbSyncService? _service;
    private RoleHost? _host;
    private Task _watching = Task.CompletedTask;

    /// <summary>Makes the role; nothing is read or opened yet.</summary>
    public MdbSyncRole(MdbSyncOptions options, ILoggerFactory logging, TimeProvider clock)
    {
        _options = options;
        _logging = RoleLogging.For(logging, clock);
        _clock = clock;
    }

    /// <inheritdoc/>
    public string Name => "mdb-sync";

    /// <inheritdoc/>
    public IPEndPoint Address => _host?.Address ?? throw new InvalidOperationException("mdb-sync has not been started");

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IReadOnlyList<LoopProgress> Loops => _service is { } service ? [service.Progress] : [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var log = _logging.CreateLogger<MdbSyncRole>();
        var credentials = _options.Tls.ReadCredentials(_clock);
        var service = await MdbSyncService.OpenAsync(_options, _clock, log, cancellationToken);
        _service = service;
        _metrics = new MetricsRegistry(Name, BuildVersion.Text);
        var endpoints = new MdbEndpoints(service, _clock, log);
        MdbSyncMetrics.Publish(_metrics, service, endpoints, _clock);
        var router = new RpcRouter(_clock);
        endpoints.MapTo(router);
        _host = new RoleHost(new RoleHostOptions
        {
            Role = Name,
            Listen = _options.Listen,
            Credentials = credentials,
            Router = router,
            Pages = new MdbSyncPages(service, endpoints, _clock).Map(),
            StatusPages = _options.StatusPages,
            Metrics = _metrics,
            NotReady = service.NotReady,
            AuditFile = Path.Combine(_options.StateDirectory, "audit.log"),
            Logging = _logging,
            Time = _clock,
        });
        await _host.StartAsync(cancellationToken);
        service.Start();
        _watching = WatchAsync(service);
        log.Serving(service.Sources.Count, _host.Address.ToString(), service.Publisher.Accepted?.Count ?? 0);
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
            await _watching;
        }

        _metrics?.Dispose();
        _completion.TrySetResult();
    }

    private async Task WatchAsync(MdbSyncService service)
    {
        await Task.WhenAny(service.Failed);
        if (service.Failed.Exception is { InnerException: { } fault })
        {
            _completion.TrySetException(fault);
        }
    }
}
