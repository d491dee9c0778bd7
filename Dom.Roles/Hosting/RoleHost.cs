using System.Net;
using System.Net.Sockets;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting.Logs;
using Dom.Roles.Pages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Dom.Roles.Hosting;

/// <summary>One port of one role: calls over TLS with client certificates, status pages, metrics, health and the role's log over TLS or plain.</summary>
public sealed partial class RoleHost : IAsyncDisposable
{
    private const int ReadBufferBytes = 256 * 1024;

    private static readonly TimeSpan LookAtFiles = TimeSpan.FromSeconds(1);

    private readonly RoleHostOptions _options;
    private readonly ILogger _logger;
    private readonly RoleLogging _logging;
    private readonly LogEndpoints _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly MetricsRegistry _registry;
    private readonly bool _ownsRegistry;
    private readonly AuditLog _audit;
    private readonly RpcRequests _calls;
    private readonly PageRequests _pages;
    private readonly ConnectionFilter _filter;
    private readonly ServerLogging _serverLogging;
    private readonly ConnectionGate _gate;
    private readonly CallerGate _callers;
    private readonly WebApplication _application;
    private IPEndPoint? _address;
    private ITimer? _looking;
    private int _disposed;

    /// <summary>Creates a host; it listens after <see cref="StartAsync"/>.</summary>
    public RoleHost(RoleHostOptions options)
    {
        _logging = RoleLogging.For(options.Logging, options.Time);
        _options = options = options with { Logging = _logging };
        _logger = _logging.CreateLogger<RoleHost>();
        _ownsRegistry = options.Metrics is null;
        _registry = options.Metrics ?? new MetricsRegistry(options.Role, BuildVersion.Text);
        _gate = new ConnectionGate(options.Limits);
        _callers = new CallerGate(options.Limits);
        var metrics = new RoleHostMetrics(_registry, options.Credentials, _gate);
        _audit = new AuditLog(options.AuditFile, options.Logging.CreateLogger<AuditLog>(), options.Time);
        _calls = new RpcRequests(options, metrics, _audit, options.Logging.CreateLogger<RpcRequests>(), _stopping.Token);
        _pages = new PageRequests(options, _registry, options.Logging.CreateLogger<PageRequests>());
        _filter = new ConnectionFilter(options, _gate, _callers, metrics, options.Logging.CreateLogger<ConnectionFilter>());
        _serverLogging = new ServerLogging(options.Logging, options.Time);
        _log = new LogEndpoints(_logging, options.Time);
        _log.MapTo(options.Router);
        var page = new LogPage(_logging, options.Pages.Layout ?? new PageLayout(options.Role, Environment.MachineName, []), options.Time);
        options.Pages.Add(LogPage.Path, PageAccess.Certificate, (request, _) => new(page.Render(request)));
        _application = Build();
    }

    /// <summary>Address and port the host listens on.</summary>
    public IPEndPoint Address => _address ?? throw new InvalidOperationException("the host has not been started");

    /// <summary>Connections that have shown no good certificate.</summary>
    internal int UnauthenticatedConnections => _gate.Count;

    /// <summary>The metrics that <c>/metrics</c> shows.</summary>
    public MetricsRegistry Metrics => _registry;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The address is taken, or not of this machine.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _application.StartAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new IOException($"{_options.Role} cannot listen on {_options.Listen}: {WhyNot(e)}; choose another address with Listen=", e);
        }

        _serverLogging.Open();
        _address = ReadAddress();
        _options.Credentials.Reloaded += OnReloaded;
        _options.Credentials.ReloadFailed += OnReloadFailed;
        _looking = _options.Time.CreateTimer(_ => _options.Credentials.Refresh(), null, LookAtFiles, LookAtFiles);
        LogListening(_options.Role, _address, _options.Credentials.Current.Facts.Name);
        LogExposure();
    }

    /// <summary>Stops to listen, tells running calls that the server stops, waits a little for them, and closes connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _options.Credentials.Reloaded -= OnReloaded;
        _options.Credentials.ReloadFailed -= OnReloadFailed;
        if (_looking is not null)
        {
            await _looking.DisposeAsync();
        }

        await _stopping.CancelAsync();
        using (var patience = new CancellationTokenSource(_options.Limits.Stop, _options.Time))
        {
            await _application.StopAsync(patience.Token);
        }

        await _application.DisposeAsync();
        await _audit.DisposeAsync();
        _log.Dispose();
        _logging.Dispose();
        _stopping.Dispose();
        if (_ownsRegistry)
        {
            _registry.Dispose();
        }
    }

    private static string WhyNot(Exception fault)
    {
        for (var inner = fault; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case AddressInUseException or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }:
                    return "another process listens there already";
                case SocketException { SocketErrorCode: SocketError.AddressNotAvailable }:
                    return "this machine does not have the address";
                case SocketException { SocketErrorCode: SocketError.AccessDenied }:
                    return "ports below 1024 need the capability CAP_NET_BIND_SERVICE";
            }
        }

        return fault.Message.TrimEnd('.');
    }

    /// <summary>Calls and pages wait until the role has loaded what they speak of.</summary>
    private async Task<bool> IsOpenAsync(HttpContext http)
    {
        try
        {
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token, http.RequestAborted);
            await _options.Loaded.WaitAsync(gone.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException || _options.Loaded.IsFaulted)
        {
            http.Abort();
            return false;
        }
    }

    private WebApplication Build()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<ILoggerFactory>(_serverLogging);
        builder.Services.AddSingleton<IHostLifetime, NoHostLifetime>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseSockets(static sockets => sockets.MaxReadBufferSize = ReadBufferBytes).ConfigureKestrel(kestrel =>
        {
            SetLimits(kestrel.Limits);
            kestrel.AddServerHeader = false;
            kestrel.Listen(_options.Listen, _filter.Configure);
        });
        if (_options.MovesBulkData)
        {
            // After Kestrel's own registration: the last one counts.
            builder.Services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlockPool>();
        }

        var application = builder.Build();
        application.Run(HandleAsync);
        return application;
    }

    private void SetLimits(KestrelServerLimits limits)
    {
        limits.MaxConcurrentConnections = _options.Limits.Connections;
        limits.RequestHeadersTimeout = _options.Limits.RequestHead;
        limits.KeepAliveTimeout = _options.Limits.Idle;
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 64;
        limits.MaxRequestBodySize = 64 << 20;

        // What is buffered when a connection breaks is lost, and an upload that goes on sends it again.
        limits.MaxRequestBufferSize = ReadBufferBytes;
        limits.Http2.MaxStreamsPerConnection = 256;

        // A reader may pause as long as it likes: a rate limit of the other side is no fault. Strangers are bounded by number and lifetime.
        limits.MinResponseDataRate = null;
    }

    private async Task HandleAsync(HttpContext http)
    {
        var connection = http.Features.Get<RoleConnection>() ?? throw new InvalidOperationException("the connection did not come through the filter");
        if (!_options.Loaded.IsCompletedSuccessfully && !await IsOpenAsync(http))
        {
            return;
        }

        var isCall = http.Request.Path.Value?.StartsWith(RpcProtocol.PathPrefix, StringComparison.Ordinal) == true;
        var excess = connection.Share.Take(CallerResource.Calls, 1);
        try
        {
            await (isCall ? _calls.HandleAsync(http, connection, excess ?? connection.Excess)
                : excess is null ? _pages.HandleAsync(http, connection)
                : RefusePageAsync(http, excess));
        }
        finally
        {
            if (excess is null)
            {
                connection.Share.GiveBack(CallerResource.Calls, 1);
            }
        }
    }

    private static async Task RefusePageAsync(HttpContext http, string why)
    {
        http.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync($"{why}.\n", http.RequestAborted);
    }

    private IPEndPoint ReadAddress()
    {
        var addresses = _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>();
        var bound = new Uri(addresses?.Addresses.FirstOrDefault() ?? throw new InvalidOperationException("the server listens nowhere"));
        return new IPEndPoint(_options.Listen.Address, bound.Port);
    }

    private void OnReloaded(RpcCredentialSet credentials)
    {
        LogReloaded(_options.Role, credentials.Facts.Name, credentials.Facts.NotAfter);
        LogExposure();
        _filter.JudgeAgain();
    }

    private void LogExposure()
    {
        if (_options.Credentials.KeyExposure() is { } exposure)
        {
            LogKeyExposed(_options.Role, exposure);
        }
    }

    private void OnReloadFailed(CertificateException fault) => LogReloadFailed(_options.Role, fault.Message);
}
