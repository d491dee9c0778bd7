using System.Buffers;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Telemetry;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master;
using Dom.Roles.Master.Machines;
using Dom.Roles.Master.Policy;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Master;

/// <summary>A master with scripted subs and image servers, on a clock that the test moves.</summary>
internal sealed class MasterRig : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly ConcurrentDictionary<string, ScriptedSub> _subs = new();
    private readonly RpcCaller _caller = new("dominator", [], ["Subd.*", "ImageServer.*"]);
    private MetricsRegistry _metrics = new("master", "test");
    private MasterService? _service;
    private int _dialled;

    public MasterRig() => Options = new MasterOptions
    {
        StateDirectory = _directory.Combine("state"),
        MachineList = _directory.Combine("mdb"),
        ImageServer = [new HostAndPort("images", 6971)],
        MaxUpdating = CountOrPercent.Percent(5),
    };

    public MasterOptions Options { get; set; }

    /// <summary>Makes the channel to mdb-sync.</summary>
    public Func<HostAndPort, RpcChannel> MdbServer { get; set; } = static server => throw new InvalidOperationException($"nobody said what {server} is");

    /// <summary>Makes the channel to a file generator.</summary>
    public Func<string, RpcChannel> FileGenerator { get; set; } = static source => throw new InvalidOperationException($"nobody said what {source} is");

    /// <summary>Channels to use instead of one to the scripted sub.</summary>
    public Dictionary<string, RpcChannel> Channels { get; } = [];

    /// <summary>How many channels to subs were made.</summary>
    public int Dialled => Volatile.Read(ref _dialled);

    public FakeTimeProvider Clock { get; } = new();

    /// <summary>For a master of real subs, whose answers take real time.</summary>
    public bool IsInRealTime { get; init; }

    public ScriptedImageServer Images { get; } = new();

    public MasterService Service => _service ?? throw new InvalidOperationException("the master has not been started");

    /// <summary>The metrics as a scraper gets them.</summary>
    public string Metrics
    {
        get
        {
            var text = new ArrayBufferWriter<byte>();
            _metrics.WritePrometheus(text);
            return Encoding.UTF8.GetString(text.WrittenSpan);
        }
    }

    public Fleet Fleet => Service.Fleet;

    public string StateFile(string name) => Path.Combine(Options.StateDirectory, name);

    /// <summary>The subs by host name.</summary>
    public IReadOnlyDictionary<string, ScriptedSub> Subs => _subs;

    /// <summary>Puts a sub behind a host name.</summary>
    public ScriptedSub Add(string host, ScriptedSub sub)
    {
        _subs[host] = sub;
        return sub;
    }

    public void WriteList(params Machine[] machines) =>
        File.WriteAllText(Options.MachineList, JsonSerializer.Serialize(machines, MachineJson.Default.IReadOnlyListMachine));

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _metrics = new MetricsRegistry("master", "test");
        _service = new MasterService(
            Options,
            new MasterConnections(Dial, _ => new RpcLoopback(Images.Router, _caller, Clock), MdbServer) { FileGenerator = FileGenerator },
            _metrics,
            NullLogger.Instance,
            IsInRealTime ? TimeProvider.System : Clock,
            new Random(1));
        await _service.StartAsync(cancellationToken);
    }

    /// <summary>Starts with one machine, "a", that must be equal to web/1, and waits until it has a status.</summary>
    public async Task StartOneAsync(MachineStatus status, CancellationToken cancellationToken)
    {
        WriteList(new Machine { Hostname = "a", RequiredImage = "web/1" });
        await StartAsync(cancellationToken);
        await WhenAsync("a", status, cancellationToken);
    }

    public async Task StopAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
            _service = null;
        }

        _metrics.Dispose();
    }

    /// <summary>A channel to the master's own methods.</summary>
    public RpcChannel Client(string user = "admin", ImmutableArray<string>? methods = null, ImmutableArray<string>? groups = null)
    {
        var router = new RpcRouter();
        new MasterEndpoints(Service, NullLogger.Instance).MapTo(router);
        return new RpcLoopback(router, new RpcCaller(user, groups ?? [], methods ?? ["Dominator.*"]), Clock);
    }

    public MachineStatus Status(string host) => Fleet.Find(host)?.Status ?? throw new InvalidOperationException($"there is no machine {host}");

    public SubInfo Info(string host) => Fleet.Find(host)?.Describe() ?? throw new InvalidOperationException($"there is no machine {host}");

    /// <summary>Waits until a machine has a status, in real time; the fake clock stands still.</summary>
    public Task WhenAsync(string host, MachineStatus status, CancellationToken cancellationToken) =>
        WhenAsync(() => Status(host) == status, () => $"{host} is '{Status(host).Word()}' ({Info(host).Detail}), not '{status.Word()}'", cancellationToken);

    /// <summary>Waits until something holds, moving the fake clock by a step each time it does not yet.</summary>
    public async Task WhenAsync(Func<bool> holds, Func<string> why, CancellationToken cancellationToken, TimeSpan step = default)
    {
        using var settle = new PeriodicTimer(TimeSpan.FromMilliseconds(2));
        for (var i = 0; !holds(); i++)
        {
            try
            {
                await settle.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail(why());
            }

            if (step > TimeSpan.Zero && i % 5 == 4)
            {
                Clock.Advance(step);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _directory.Dispose();
    }

    private RpcChannel Dial(Machine machine)
    {
        Interlocked.Increment(ref _dialled);
        return Channels.GetValueOrDefault(machine.Hostname) ?? new RpcLoopback(
            _subs.TryGetValue(machine.Hostname, out var sub) ? sub.Router : throw new InvalidOperationException($"no sub for {machine.Hostname}"), _caller, Clock);
    }
}
