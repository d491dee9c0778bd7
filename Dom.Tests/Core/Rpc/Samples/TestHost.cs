using System.Net;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc.Samples;

/// <summary>A real host on a free port of the loopback, with a fleet authority of its own.</summary>
public sealed class TestHost : IAsyncDisposable
{
    private readonly TempDirectory _directory;
    private readonly List<RpcClient> _clients = [];

    private TestHost(TempDirectory directory, TestPki pki, TestService service, RoleHost host, RpcCredentials credentials)
    {
        Credentials = credentials;
        _directory = directory;
        Pki = pki;
        Service = service;
        Host = host;
    }

    /// <summary>The host's credentials.</summary>
    public RpcCredentials Credentials { get; }

    public TestPki Pki { get; }

    public TestService Service { get; }

    public RoleHost Host { get; }

    public string AuditFile => _directory.Combine("audit.jsonl");

    /// <summary>Where changing calls go that were refused.</summary>
    public string RefusedFile => _directory.Combine("audit-refused.jsonl");

    public int Port => Host.Address.Port;

    public static async Task<TestHost> StartAsync(Func<RoleHostOptions, TestPki, RoleHostOptions>? change = null)
    {
        var directory = new TempDirectory();
        var pki = new TestPki(directory.Combine("pki"));
        var service = new TestService();
        var options = new RoleHostOptions
        {
            Role = "test",
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Credentials = pki.Server("test"),
            Router = service.Router(),
            AuditFile = directory.Combine("audit.jsonl"),
        };
        options = change is null ? options : change(options, pki);
        var host = new RoleHost(options);
        await host.StartAsync(CancellationToken.None);
        return new TestHost(directory, pki, service, host, options.Credentials);
    }

    public RpcClient Client(params string[] methods) => ClientWith(Pki.User("alice", methods));

    public RpcClient ClientWith(CertificateOrder order, CertificateAuthority? by = null) => ClientWith(Pki.Issue(order, by));

    public RpcClient ClientWith(RpcCredentials credentials, RpcClientOptions? options = null, RpcEndpoint? endpoint = null)
    {
        var client = new RpcClient(
            endpoint ?? new RpcEndpoint { Host = "127.0.0.1", Port = Port, Role = "test" },
            credentials,
            options ?? new RpcClientOptions { RetryDelay = TimeSpan.FromMilliseconds(1), MaxRetryDelay = TimeSpan.FromMilliseconds(5) });
        _clients.Add(client);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await Host.DisposeAsync();
        Pki.Dispose();
        _directory.Dispose();
    }
}
