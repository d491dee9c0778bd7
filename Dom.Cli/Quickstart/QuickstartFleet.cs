using System.Net;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.ImageServer;
using Dom.Roles.Master;
using Dom.Roles.Sub;
using Microsoft.Extensions.Logging;

namespace Dom.Cli.Quickstart;

/// <summary>An image server, a sub and a master in this process, on free loopback ports, and connections to them.</summary>
internal sealed class QuickstartFleet(
    QuickstartDirectory directory, QuickstartCertificates certificates, ILoggerFactory logging, TimeProvider time) : IAsyncDisposable
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly RunningRoles _roles = new();
    private readonly List<RpcClient> _clients = [];
    private readonly RpcCredentials _user = certificates.UserCredentials();

    /// <summary>Starts the image server and the sub, which knows nothing to do yet.</summary>
    /// <returns>Connections to both.</returns>
    public async Task<(RpcChannel ImageServer, RpcChannel Sub)> StartServersAsync(CancellationToken cancellationToken)
    {
        var images = new ImageServerRole(
            new ImageServerOptions { Listen = AnyPort, StateDirectory = directory.ImageServerState, Tls = certificates.For("imageserver") }, logging, time);
        await _roles.StartAsync(images, cancellationToken);
        var sub = new SubRole(
            new SubOptions
            {
                Listen = AnyPort,
                Root = directory.Root,
                ScanExclusions = [],
                SweepInterval = TimeSpan.FromSeconds(1),
                ScanSpeedPercent = 20,
                NetworkSpeedPercent = 100,
                Tls = certificates.For("sub"),
            },
            logging,
            time);
        await _roles.StartAsync(sub, cancellationToken);
        return (Connect(images.Address, "imageserver"), Connect(sub.Address, "sub"));
    }

    /// <summary>Starts the master, which finds the machine in its list.</summary>
    /// <returns>A connection to it.</returns>
    public async Task<RpcChannel> StartMasterAsync(CancellationToken cancellationToken)
    {
        var master = new MasterRole(
            new MasterOptions
            {
                Listen = AnyPort,
                StateDirectory = directory.MasterState,
                MachineList = directory.MachineList,
                ImageServer = [new HostAndPort("127.0.0.1", AddressOf("imageserver").Port)],
                SubPort = AddressOf("sub").Port,
                Tls = certificates.For("master"),
            },
            logging,
            time);
        await _roles.StartAsync(master, cancellationToken);
        return Connect(master.Address, "master");
    }

    /// <summary>Where the status page of a role is.</summary>
    public string PageOf(string role) => $"http://{AddressOf(role)}/";

    /// <summary>Does something with the roles; throws at once when one cannot go on.</summary>
    public Task<T> WhileRunningAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) => _roles.WhileRunningAsync(work, cancellationToken);

    /// <summary>Waits until the token is cancelled; throws when a role ends by itself.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _roles.WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            await client.DisposeAsync();
        }

        await _roles.DisposeAsync();
    }

    private IPEndPoint AddressOf(string role) => _roles.Started.First(r => r.Name == role).Address;

    private RpcClient Connect(IPEndPoint address, string role)
    {
        var client = new RpcClient(new RpcEndpoint { Host = address.Address.ToString(), Port = address.Port, Role = role }, _user, options: null, time);
        _clients.Add(client);
        return client;
    }
}
