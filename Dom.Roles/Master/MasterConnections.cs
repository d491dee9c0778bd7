using Dom.Core.Contracts.FileGenerator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;

namespace Dom.Roles.Master;

/// <summary>How the master reaches others; tests replace the network here.</summary>
/// <param name="Sub">Makes a channel to the sub of a machine.</param>
/// <param name="ImageServer">Makes a channel to an image server, given as host:port.</param>
/// <param name="MdbServer">Makes a channel to an mdb-sync.</param>
internal sealed record MasterConnections(Func<Machine, RpcChannel> Sub, Func<string, RpcChannel> ImageServer, Func<HostAndPort, RpcChannel> MdbServer)
{
    /// <summary>Makes a channel to a file generator, given as host:port.</summary>
    public Func<string, RpcChannel> FileGenerator { get; init; } = static source => throw new InvalidOperationException($"nobody said how {source} is reached");

    /// <summary>Connections over TLS.</summary>
    public static MasterConnections OverNetwork(MasterOptions options, RpcCredentials credentials, TimeProvider clock)
    {
        // The loop of each machine backs off by itself; retries below it would only hide what is going on. It also notices by its polls when a connection
        // is dead: probes of ten thousand connections would cost more than all else an idle master does.
        var sub = new RpcClientOptions { Retries = 0, PingDelay = Timeout.InfiniteTimeSpan };
        return new MasterConnections(
            machine => new RpcClient(
                new RpcEndpoint
                {
                    Host = machine.Host,
                    Port = options.SubPort,
                    ExpectedNames = [HostName.WithoutInstance(machine.Hostname)],
                    Role = "sub",
                },
                credentials,
                sub,
                clock),
            address => new RpcClient(RpcEndpoint.Parse(address, 6971, "imageserver"), credentials, new RpcClientOptions { Retries = 0 }, clock),
            server => new RpcClient(
                new RpcEndpoint { Host = server.Host, Port = server.Port, Role = "mdb-sync" }, credentials, new RpcClientOptions { Retries = 0 }, clock))
        {
            FileGenerator = source => new RpcClient(
                RpcEndpoint.Parse(source, FileGeneratorMethods.DefaultPort, FileGeneratorMethods.Role), credentials, new RpcClientOptions { Retries = 0 }, clock),
        };
    }
}
