using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.MdbSync;
using Dom.Roles.MdbSync.Sources;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.MdbSync;

/// <summary>mdb-sync in this process, with sources in a directory and a clock that the test moves.</summary>
internal sealed class MdbRig : IAsyncDisposable
{
    private MdbSyncService? _service;
    private MdbEndpoints? _endpoints;
    private RpcRouter _router = new();

    /// <summary>Where everything is.</summary>
    public TempDirectory Directory { get; } = new("dom-mdb-");

    /// <summary>The clock.</summary>
    public FakeTimeProvider Clock { get; } = new();

    /// <summary>The options; sources are added to them.</summary>
    public MdbSyncOptions Options { get; set; } = new();

    /// <summary>The service.</summary>
    public MdbSyncService Service => _service ?? throw new InvalidOperationException("it is not started");

    /// <summary>The output file.</summary>
    public string Output => Directory.Combine("mdb.json");

    /// <summary>What is known.</summary>
    public MdbStatus Status => _endpoints?.GetStatus() ?? throw new InvalidOperationException("it is not started");

    /// <summary>The list in force.</summary>
    public MachineList List => Service.Publisher.Feed.Current?.List ?? MachineList.Empty;

    /// <summary>A channel of a user who may do everything.</summary>
    public RpcChannel Admin => Connect("admin", [], "MdbServer.*");

    /// <summary>Adds a source whose place is a file here with this content.</summary>
    public string AddSource(string line, string name, string content)
    {
        var path = Directory.WriteFile(name, content);
        AddSource(line.Replace("FILE", path, StringComparison.Ordinal));
        return path;
    }

    /// <summary>Adds a source.</summary>
    public void AddSource(string line) => Options = Options with { Source = [.. Options.Source, SourceDefinitionParser.Parse(line)] };

    /// <summary>A channel of a user in groups whose certificate lists these methods.</summary>
    public RpcLoopback Connect(string user, string[] groups, params string[] methods) => new(_router, new RpcCaller(user, [.. groups], [.. methods]));

    /// <summary>Starts, or starts again on the same state.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        await StopAsync();
        Options = Options with { StateDirectory = Directory.Combine("state"), Output = Output };
        _service = await MdbSyncService.OpenAsync(Options, Clock, NullLogger.Instance, token);
        _endpoints = new MdbEndpoints(_service, Clock, NullLogger.Instance);
        _router = new RpcRouter();
        _endpoints.MapTo(_router);
        _service.Start();
    }

    /// <summary>Stops.</summary>
    public async Task StopAsync()
    {
        if (_service is not null)
        {
            await _service.DisposeAsync();
            _service = null;
        }
    }

    /// <summary>Moves the clock until something holds.</summary>
    public async Task UntilAsync(Func<bool> condition, CancellationToken token)
    {
        while (!condition())
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, token);
        }
    }

    /// <summary>Moves the clock until every source was looked at several times more.</summary>
    public async Task LookAgainAsync(CancellationToken token)
    {
        var before = Status.Sources.Select(s => s.Reads).ToList();
        await UntilAsync(() => Status.Sources.Select((s, i) => s.Reads - before[i]).All(n => n >= 3), token);
    }

    /// <summary>The output file as the master reads it.</summary>
    public async Task<MachineList> ReadOutputAsync(CancellationToken token)
    {
        await using var stream = File.OpenRead(Output);
        return await MachineListReader.ReadAsync(stream, MachineListLimits.Default, token);
    }

    /// <summary>Machines h0, h1, … as a JSON array.</summary>
    public static string Json(int count, string image = "web/1") =>
        "[" + string.Join(",\n", Enumerable.Range(0, count).Select(i => $$"""{"Hostname":"h{{i}}","RequiredImage":"{{image}}","OwnerUsers":["owner"]}""")) + "]";

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Dispose();
    }
}
