using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting;
using Dom.Roles.Master;
using Dom.Roles.Master.Pages;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Master;

/// <summary>The port of a rig's master: methods over TLS with real certificates, pages, the audit log.</summary>
internal sealed class MasterOverTls : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly MetricsRegistry _metrics = new("master", "test");
    private readonly TestPki _pki;
    private readonly RoleHost _host;

    private MasterOverTls(MasterRig rig)
    {
        _pki = new TestPki(_directory.Combine("tls"));
        var endpoints = new MasterEndpoints(rig.Service, NullLogger.Instance);
        var router = new RpcRouter();
        endpoints.MapTo(router);
        _host = new RoleHost(new RoleHostOptions
        {
            Role = "master",
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Credentials = _pki.Server("master"),
            Router = router,
            Pages = new MasterPages(rig.Service, endpoints).Map(),
            Metrics = _metrics,
            AuditFile = _directory.Combine("audit.log"),
            Logging = NullLoggerFactory.Instance,
            Time = TimeProvider.System,
        });
    }

    /// <summary>What the audit log says, also of refused calls.</summary>
    public string Audit => string.Concat(new[] { "audit.log", "audit-refused.log" }.Select(n => _directory.Combine(n)).Where(File.Exists).Select(File.ReadAllText));

    /// <summary>Opens a port for the master of a rig that was started.</summary>
    public static async Task<MasterOverTls> StartAsync(MasterRig rig, CancellationToken cancellationToken)
    {
        var port = new MasterOverTls(rig);
        await port._host.StartAsync(cancellationToken);
        return port;
    }

    /// <summary>A connection as a user with groups and the methods the certificate lists.</summary>
    public RpcClient Client(string user, string[]? groups = null, params string[] methods) => new(
        new RpcEndpoint { Host = "127.0.0.1", Port = _host.Address.Port, Role = "master" },
        _pki.Issue(new CertificateOrder { Name = user, Groups = [.. groups ?? []], Methods = [.. methods] }),
        new RpcClientOptions { Retries = 0 });

    /// <summary>Options of the command line that make it this user's.</summary>
    public string[] Identity(string user, params string[] methods)
    {
        var files = _pki.IssueFiles(new CertificateOrder { Name = user, Methods = [.. methods] });
        return ["--master", $"127.0.0.1:{_host.Address.Port}", "--ca", files.Ca, "--cert", files.Certificate, "--key", files.Key];
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        _metrics.Dispose();
        _pki.Dispose();
        _directory.Dispose();
    }
}
