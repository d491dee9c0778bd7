using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Systemd;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Logs;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.ImageServer;

/// <summary>Keeps images and gives them out: blocks, objects and manifests by digest, and names that stand for manifests.</summary>
/// <remarks>Starts at once: nothing is read but the names. Everything is verified on the way in and on the way out.</remarks>
public sealed class ImageServerRole : IRole
{
    private readonly ImageServerOptions _options;
    private readonly ILoggerFactory _logging;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private MetricsRegistry? _metrics;
    private ImageServerState? _state;
    private RoleHost? _host;

    /// <summary>Makes the role; it reads and listens when it is started.</summary>
    public ImageServerRole(ImageServerOptions options, ILoggerFactory logging, TimeProvider time)
    {
        _options = options;
        _logging = RoleLogging.For(logging, time);
        _time = time;
    }

    /// <inheritdoc/>
    public string Name => "imageserver";

    /// <inheritdoc/>
    public IPEndPoint Address => _host?.Address ?? throw new InvalidOperationException("the image server has not been started");

    /// <inheritdoc/>
    public Task Completion => _completion.Task;

    /// <inheritdoc/>
    public IReadOnlyList<LoopProgress> Loops => _state is { } state ? [state.Expiry.Progress] : [];

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var log = _logging.CreateLogger<ImageServerRole>();
        var credentials = _options.Tls.ReadCredentials(_time);
        _state = await ImageServerState.OpenAsync(_options, _time, log);
        _metrics = new MetricsRegistry(Name, BuildVersion.Text);
        ImageServerMetrics.Publish(_metrics, _state);
        var router = new RpcRouter(_time);
        _state.MapTo(router);
        _host = new RoleHost(new RoleHostOptions
        {
            Role = Name,
            Listen = _options.Listen,
            Credentials = credentials,
            Router = router,
            Pages = new ImageServerPages(_state, _options.StateDirectory, _time).Map(),
            StatusPages = _options.StatusPages,
            Metrics = _metrics,
            MovesBulkData = true,

            // A fleet may share one certificate, machines may share an address, and builders upload in many streams.
            Limits = new RoleHostLimits { ConnectionsPerCaller = 1024, CallsPerCaller = 2048, RequestBytesPerCaller = 128 << 20 },
            NotReady = () => NotReady(_state),
            AuditFile = Path.Combine(_options.StateDirectory, "audit.log"),
            Logging = _logging,
            Time = _time,
        });
        await _host.StartAsync(cancellationToken);
        _state.StartBackground(fault => _completion.TrySetException(fault));
        log.Serving(_state.Names.Count, _options.StateDirectory, _host.Address.ToString());
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }

        if (_state is not null)
        {
            await _state.DisposeAsync();
        }

        _metrics?.Dispose();
        _completion.TrySetResult();
    }

    private NotReadyReason[] NotReady(ImageServerState state)
    {
        var disk = state.Archive.Objects.GetFileSystemStatus();
        if (disk.IsReadOnly)
        {
            return [new NotReadyReason("the file system of the state directory is read-only")];
        }

        if (state.Archive.DamagedCount is var damaged and > 0)
        {
            return [new NotReadyReason($"{damaged} stored objects were found damaged and set aside; `dom image check NAME` tells which image has them, pushing it again restores them")];
        }

        return disk.AvailableBytes < disk.TotalBytes * (_options.ReservePercent / 100)
            ? [new NotReadyReason($"less than {_options.ReservePercent} % of the disk is free: uploads are refused; delete images and run `dom image gc`")]
            : [];
    }
}
