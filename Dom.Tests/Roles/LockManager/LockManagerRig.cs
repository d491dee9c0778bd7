using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.LockManager;

/// <summary>The whole role on real ports.</summary>
internal sealed class LockManagerRig : IAsyncDisposable
{
    private readonly TestPki _pki;
    private LockManagerRole? _role;

    public LockManagerRig() => _pki = new TestPki(Directory.Combine("pki"));

    /// <summary>Where everything is.</summary>
    public TempDirectory Directory { get; } = new("dom-locks-");

    /// <summary>The options for the next start.</summary>
    public LockManagerOptions Options { get; set; } = new();

    /// <summary>The role.</summary>
    public LockManagerRole Role => _role ?? throw new InvalidOperationException("it is not started");

    /// <summary>The authority's certificate.</summary>
    public string Ca { get; private set; } = "";

    /// <summary>Starts, or starts again on the same state.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        await StopAsync();
        var files = _pki.IssueFiles(new CertificateOrder { Name = "lock-manager", Roles = ["lock-manager"], Hosts = ["127.0.0.1", "localhost"] });
        Ca = files.Ca;
        var role = new LockManagerRole(
            Options with
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                StateDirectory = Directory.Combine("state"),
                Tls = new TlsOptions { CaFile = files.Ca, CertificateFile = files.Certificate, KeyFile = files.Key },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        await role.StartAsync(token);
        _role = role;
    }

    /// <summary>Stops.</summary>
    public async Task StopAsync()
    {
        if (_role is not null)
        {
            await _role.DisposeAsync();
            _role = null;
        }
    }

    /// <summary>A connection of a user whose certificate lists these methods.</summary>
    public RpcClient Connect(string user, params string[] methods) => new(
        new RpcEndpoint { Host = "127.0.0.1", Port = Role.Address.Port, Role = "lock-manager" }, _pki.User(user, methods), new RpcClientOptions { Retries = 1 });

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _pki.Dispose();
        Directory.Dispose();
    }
}
