using System.Net;
using System.Text.Json;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Images.Sources;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.ImageServer;
using Dom.Roles.Master;
using Dom.Roles.Sub;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Bench;

/// <summary>An image server, a master and a sub in this process, over TLS on the loopback, and files that the bench changes behind the sub's back.</summary>
internal sealed class ConvergeBenchFleet : IAsyncDisposable
{
    private const string Hostname = "bench";
    private const string Image = "bench/1";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private readonly string _directory;
    private readonly string _pki;
    private readonly Stack<IAsyncDisposable> _started = new();
    private RpcClient? _master;
    private RpcClient? _sub;

    /// <summary>A fleet whose files lie below a directory; nothing is started yet.</summary>
    public ConvergeBenchFleet(string directory)
    {
        _directory = directory;
        _pki = Directory.CreateDirectory(Path.Combine(directory, "pki")).FullName;
        Root = Directory.CreateDirectory(Path.Combine(directory, "root")).FullName;
        using var authority = CertificateAuthority.Create("bench", TimeSpan.FromDays(1), TimeProvider.System);
        File.WriteAllText(Path.Combine(_pki, "CA.pem"), authority.CertificatePem);
        foreach (var role in new[] { "imageserver", "master", "sub" })
        {
            Issue(authority, new CertificateOrder { Name = role, Roles = [role], Methods = [.. RoleGrants.For(role) ?? []] });
        }

        Issue(authority, new CertificateOrder { Name = "user", Methods = ["*.*"] });
    }

    /// <summary>The managed directory.</summary>
    public string Root { get; }

    /// <summary>Starts everything, pushes an image of a directory and waits until the machine is equal to it.</summary>
    public async Task StartAsync(string source)
    {
        var images = new ImageServerRole(
            new ImageServerOptions { Listen = AnyPort, StateDirectory = Path.Combine(_directory, "images"), Tls = Tls("imageserver") }, NullLoggerFactory.Instance, TimeProvider.System);
        await StartAsync(images);
        await new ImagePusher(Connect(images), TimeProvider.System).PushAsync(
            new PushRequest { Name = ImageName.Parse(Image), Source = new DirectorySource(source) }, null, CancellationToken.None);
        var sub = new SubRole(
            new SubOptions { Listen = AnyPort, Root = Root, ScanExclusions = [], NetworkSpeedPercent = 100, Tls = Tls("sub") }, NullLoggerFactory.Instance, TimeProvider.System);
        await StartAsync(sub);
        var list = Path.Combine(_directory, "mdb");
        Machine[] machines = [new() { Hostname = Hostname, IpAddress = "127.0.0.1", RequiredImage = Image }];
        await File.WriteAllBytesAsync(list, JsonSerializer.SerializeToUtf8Bytes(machines, MachineJson.Default.IReadOnlyListMachine));
        var master = new MasterRole(
            new MasterOptions
            {
                Listen = AnyPort,
                StateDirectory = Directory.CreateDirectory(Path.Combine(_directory, "master")).FullName,
                MachineList = list,
                ImageServer = [new HostAndPort("127.0.0.1", images.Address.Port)],
                SubPort = sub.Address.Port,
                Tls = Tls("master"),
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        await StartAsync(master);
        (_master, _sub) = (Connect(master), Connect(sub));
        await WaitAsync(static state => state.Plan is { IsCompliant: true });
    }

    /// <summary>Changes a file and waits until it is right again and the master knows.</summary>
    /// <returns>From the change: until the sub saw it, until the content was right, until the master reported the machine compliant.</returns>
    public async Task<(TimeSpan Noticed, TimeSpan Right, TimeSpan Reported)> ChangeAsync(string file)
    {
        var before = await StateAsync();
        var wanted = await File.ReadAllBytesAsync(file);
        var moment = TimeProvider.System.GetUtcNow();
        var started = TimeProvider.System.GetTimestamp();
        await File.WriteAllBytesAsync(file, [.. wanted.Reverse()]);
        while (!(await File.ReadAllBytesAsync(file)).AsSpan().SequenceEqual(wanted))
        {
            RequirePatience(started);
            await Task.Delay(2);
        }

        var right = TimeProvider.System.GetElapsedTime(started);
        await WaitAsync(state => state.DriftNumber > before.DriftNumber && state.Plan is { IsCompliant: true });
        var reported = TimeProvider.System.GetElapsedTime(started);
        var noticed = TimeSpan.Zero;
        await foreach (var page in _sub!.StreamAsync(SubdMethods.GetDrift, new GetDriftRequest { Log = before.DriftLog, After = before.DriftNumber }, CancellationToken.None))
        {
            foreach (var record in page.Records)
            {
                noticed = record.FirstSeen - moment;
            }
        }

        return (noticed, right, reported);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
        {
            await started.DisposeAsync();
        }
    }

    private async Task WaitAsync(Func<PollResponse, bool> reached)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (await StateAsync() is var state && !(state.Phase == SubPhase.Idle && reached(state)))
        {
            RequirePatience(started);
            await Task.Delay(2);
        }
    }

    /// <summary>What the master knows of the machine.</summary>
    private async Task<PollResponse> StateAsync()
    {
        PollResponse? state = null;
        await foreach (var page in _master!.StreamAsync(DominatorMethods.GetInfoForSubs, new SubQuery { Hostnames = [Hostname] }, CancellationToken.None))
        {
            state = page.Subs.Count > 0 ? page.Subs[0].State : state;
        }

        return state ?? new PollResponse { Epoch = 0, Generation = 0 };
    }

    private static void RequirePatience(long started)
    {
        if (TimeProvider.System.GetElapsedTime(started) > Patience)
        {
            throw new TimeoutException("the machine did not become what it should within a minute");
        }
    }

    private async Task StartAsync(IRole role)
    {
        await role.StartAsync(CancellationToken.None);
        _started.Push(role);
    }

    private RpcClient Connect(IRole role)
    {
        var tls = Tls("user");
        var client = new RpcClient(
            new RpcEndpoint { Host = "127.0.0.1", Port = role.Address.Port, Role = role.Name },
            RpcCredentials.FromFiles(tls.CaFile, identityCa: null, tls.CertificateFile, tls.KeyFile));
        _started.Push(client);
        return client;
    }

    private TlsOptions Tls(string name) => new()
    {
        CaFile = Path.Combine(_pki, "CA.pem"),
        CertificateFile = Path.Combine(_pki, $"{name}.pem"),
        KeyFile = Path.Combine(_pki, $"{name}.key"),
    };

    private void Issue(CertificateAuthority authority, CertificateOrder order)
    {
        var issued = authority.Issue(order with { Lifetime = TimeSpan.FromHours(8), Hosts = ["127.0.0.1"] });
        File.WriteAllText(Path.Combine(_pki, $"{order.Name}.pem"), issued.CertificatePem);
        File.WriteAllText(Path.Combine(_pki, $"{order.Name}.key"), issued.KeyPem);
    }
}
