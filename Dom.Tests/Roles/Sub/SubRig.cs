using System.Net;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Sub;
using Dom.Roles.Sub.Disruption;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Sub;

/// <summary>A sub that serves on a free port with real certificates, an object server it fetches from, and the master's side of the conversation.</summary>
internal sealed class SubRig : IAsyncDisposable
{
    private static readonly TimeSpan Wait = TimeSpan.FromSeconds(20);

    private readonly TempDirectory _temp = new("dom-sub-");
    private readonly TestPki _pki;
    private readonly IDisposable? _mount;
    private readonly RoleHost _server;
    private SubRole? _sub;
    private SubProcess? _process;
    private RpcClient? _client;
    private PollResponse? _last;

    private readonly Func<SubOptions, SubOptions> _configure;

    private SubRig(Func<string, IDisposable>? mount, bool asProcess, Func<SubOptions, SubOptions>? configure, string? root)
    {
        _configure = configure ?? (static options => options);
        AsProcess = asProcess;
        _pki = new TestPki(_temp.CreateDirectory("pki"));
        Root = root ?? _temp.CreateDirectory("root");
        _mount = mount?.Invoke(Root);
        ServiceLog = _temp.Combine("services.log");
        _server = new RoleHost(new RoleHostOptions
        {
            Role = "imageserver",
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Credentials = _pki.Server("imageserver", "127.0.0.1"),
            Router = Shelf.Router,
        });
    }

    public string Root { get; }

    /// <summary>True when the sub is a process of its own, which can be killed.</summary>
    public bool AsProcess { get; }

    /// <summary>The process; its own program can be a copy, and it can have a fail point.</summary>
    public SubProcess Process => _process ?? throw new InvalidOperationException("the sub is no process or not running");

    /// <summary>Variables of the next process that is started.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>What is started as a process; the arguments of <c>dom</c> come behind.</summary>
    public IReadOnlyList<string> Command { get; set; } = DomProgram.Command;

    /// <summary>The root as the process sees it, when that is another path.</summary>
    public string? RootInside { get; set; }

    /// <summary>What the service command does beside noting its arguments: lines of shell.</summary>
    public string ServiceScript { get; set; } = "";

    /// <summary>The directory of everything; the root is in it.</summary>
    public string Place => _temp.Path;

    /// <summary>The boot id of the next sub in this process: another one means that the machine has rebooted.</summary>
    public string BootId { get; set; } = "boot 1";

    public ImageShelf Shelf { get; } = new();

    /// <summary>What the service command was called with, one call a line.</summary>
    public string ServiceLog { get; }

    public ImageReference? Required { get; set; }

    public ImageReference? Planned { get; set; }

    public bool Halt { get; set; }

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromSeconds(60);

    public SubRole Sub => _sub ?? throw new InvalidOperationException("the sub is not running");

    public RpcClient Client => _client ?? throw new InvalidOperationException("the sub is not running");

    /// <summary>A file of the calls that fail, one a line: <c>start cron</c>.</summary>
    public string Broken => _temp.Combine("broken");

    public string[] Services => File.Exists(ServiceLog) ? File.ReadAllLines(ServiceLog) : [];

    /// <summary>Starts a sub.</summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <param name="mount">Mounts a file system on the root.</param>
    /// <param name="configure">Changes the options.</param>
    /// <param name="root">The directory to manage; null for a new one.</param>
    /// <param name="asProcess">Starts <c>dom run</c> instead of a role in this process.</param>
    /// <param name="prepare">Done before the sub starts for the first time.</param>
    public static async Task<SubRig> StartAsync(
        CancellationToken cancellationToken,
        Func<string, IDisposable>? mount = null,
        Func<SubOptions, SubOptions>? configure = null,
        string? root = null,
        bool asProcess = false,
        Func<SubRig, Task>? prepare = null)
    {
        var rig = new SubRig(mount, asProcess, configure, root);
        await rig._server.StartAsync(cancellationToken);
        await (prepare?.Invoke(rig) ?? Task.CompletedTask);
        await rig.StartSubAsync(cancellationToken);
        return rig;
    }

    public async Task StartSubAsync(CancellationToken cancellationToken)
    {
        File.Delete(_temp.Combine("service"));
        var command = _temp.WriteFile("service", $"#!/bin/sh\necho \"$1 $2\" >> {ServiceLog}\n! grep -qsx \"$1 $2\" {Broken} || {{ echo \"$2 is broken\" >&2; exit 1; }}\n{ServiceScript}\n");
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var files = _pki.IssueFiles(new Dom.Core.Rpc.Certificates.CertificateOrder { Name = "sub", Roles = ["sub"], Methods = ["ObjectServer.GetObjects"], Hosts = ["127.0.0.1"] });
        var options = new SubOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Root = Root,
            ServiceCommand = command,
            Tls = new TlsOptions { CaFile = files.Ca, CertificateFile = files.Certificate, KeyFile = files.Key },
        };
        if (AsProcess)
        {
            _process = await SubProcess.StartAsync(Command, _configure(options) with { Root = RootInside ?? Root }, Environment, cancellationToken);
            Reconnect();
            return;
        }

        _sub = new SubRole(_configure(options), NullLoggerFactory.Instance, TimeProvider.System)
        {
            BootId = BootId,
            DisruptionPace = new DisruptionPace { Look = TimeSpan.FromMilliseconds(50), Check = TimeSpan.FromMilliseconds(100), Retry = TimeSpan.FromMilliseconds(300) },
        };
        await _sub.StartAsync(cancellationToken);
        Connect(_sub.Address.Port);
    }

    /// <summary>Follows a process to the port of the program that has taken its place.</summary>
    public void Reconnect() => Connect(Process.Port);

    private void Connect(int port)
    {
        _client = new RpcClient(new RpcEndpoint { Host = "127.0.0.1", Port = port, Role = "sub" }, _pki.User("master", "Subd.*"));
        _last = null;
    }

    /// <summary>Takes leave of a process that ended or was killed.</summary>
    public async Task ForgetProcessAsync()
    {
        await Process.DisposeAsync();
        _process = null;
        await StopSubAsync();
    }

    /// <summary>A user whose certificate lists these methods.</summary>
    public RpcClient Connect(params string[] methods) =>
        new(new RpcEndpoint { Host = "127.0.0.1", Port = Sub.Address.Port, Role = "sub" }, _pki.User("alice", methods));

    public async Task StopSubAsync()
    {
        if (_client is not null)
        {
            await _client.DisposeAsync();
        }

        if (_sub is not null)
        {
            await _sub.DisposeAsync();
        }

        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        (_client, _sub, _process) = (null, null, null);
    }

    /// <summary>Makes a directory with files for an image: path, content.</summary>
    public string Source(string name, params (string Path, string Content)[] files)
    {
        var directory = _temp.CreateDirectory(name);
        foreach (var (path, content) in files)
        {
            _temp.WriteFile(name + path, content);
            File.SetLastWriteTimeUtc(_temp.Combine(name + path), DateTime.UnixEpoch.AddDays(1));
        }

        return directory;
    }

    public async Task<PollResponse> PollAsync(CancellationToken cancellationToken, bool news = true)
    {
        var request = new PollRequest
        {
            Epoch = _last?.Epoch ?? 0,
            Generation = news ? _last?.Generation ?? 0 : 0,
            Master = "test",
            Required = Required,
            Planned = Planned,
            Wait = TimeSpan.FromSeconds(2),
            Halt = Halt,
            Lifetime = Lifetime,
        };
        _last = await Client.CallAsync(SubdMethods.Poll, request, cancellationToken);
        return _last;
    }

    public async Task<PollResponse> PollUntilAsync(Func<PollResponse, bool> wanted, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Wait);
        PollResponse? state = null;
        try
        {
            while (true)
            {
                state = await PollAsync(limit.Token, news: state is not null);
                if (wanted(state))
                {
                    return state;
                }
            }
        }
        catch (Exception e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new AssertionException($"the state that was waited for did not come; the last was {state}\n{e.Message}");
        }
    }

    public Task<FetchResponse> FetchAsync(ImageReference image, CancellationToken cancellationToken, FetchScope scope = FetchScope.Everything) => Client.CallAsync(
        SubdMethods.Fetch,
        new FetchRequest { Hold = Hold, Manifest = image.Manifest, Servers = [$"127.0.0.1:{_server.Address.Port}"], Scope = scope, Lifetime = Lifetime },
        cancellationToken);

    public Task<UpdateResponse> UpdateAsync(PollResponse state, CancellationToken cancellationToken, Func<UpdateRequest, UpdateRequest>? change = null)
    {
        var plan = state.Plan ?? throw new AssertionException($"there is no plan: {state}");
        var request = new UpdateRequest
        {
            Hold = Hold,
            PlanId = plan.Id,
            Manifest = plan.Manifest,
            Epoch = state.Epoch,
            Creations = plan.Creations,
            Changes = plan.Changes,
            Deletions = plan.Deletions,
            MachineInodes = plan.MachineInodes,
            Lifetime = Lifetime,
            OverrideSafety = true,
        };
        return Client.CallAsync(SubdMethods.Update, change?.Invoke(request) ?? request, cancellationToken);
    }

    /// <summary>Pushes the contents of computed paths, and requires the image with them from then on.</summary>
    public async Task SupplyAsync(CancellationToken cancellationToken, params (string Path, string Content)[] files)
    {
        var result = await Client.UploadAsync(SubdMethods.SetComputed, Chunks(files, Hold), cancellationToken);
        Required = Required! with { ComputedSet = result.Set };
    }

    private static async IAsyncEnumerable<ComputedChunk> Chunks((string Path, string Content)[] files, ulong hold)
    {
        var contents = files.Select(f => (Path: UnixPath.Of(f.Path), Bytes: System.Text.Encoding.UTF8.GetBytes(f.Content))).ToArray();
        foreach (var (path, bytes) in contents)
        {
            yield return new ComputedChunk { Hold = hold, Path = path, Object = ObjectId.Of(bytes), Size = bytes.Length };
        }

        foreach (var bytes in contents.Select(static c => c.Bytes).DistinctBy(static bytes => ObjectId.Of(bytes)))
        {
            await Task.Yield();
            yield return new ComputedChunk { Object = ObjectId.Of(bytes), Data = bytes };
        }
    }

    /// <summary>Does what a master does until the machine is equal to the required image.</summary>
    public async Task<PollResponse> ConvergeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await PollUntilAsync(
                s => s.RequiredManifest == Required?.Manifest && s.Phase == SubPhase.Idle && s.RequiredReadiness != ImageReadiness.Comparing, cancellationToken);
            switch (state.RequiredReadiness)
            {
                case ImageReadiness.NeedsTree or ImageReadiness.NeedsObjects:
                    await FetchAsync(Required!, cancellationToken);
                    break;
                case ImageReadiness.Ready when state.Plan!.IsCompliant:
                    return state;
                case ImageReadiness.Ready when !state.Plan!.Id.IsNone:
                    await UpdateAsync(state, cancellationToken);
                    break;
                default:
                    throw new AssertionException($"the sub does not get on: {state}");
            }

            await PollUntilAsync(s => s.Phase == SubPhase.Idle, cancellationToken);
        }
    }

    /// <summary>The hold of the last poll.</summary>
    public ulong Hold => _last?.Hold ?? 0;

    /// <summary>Where the sub listens.</summary>
    public RpcEndpoint Endpoint => new() { Host = "127.0.0.1", Port = Sub.Address.Port, Role = "sub" };

    /// <summary>Where the objects of images are read.</summary>
    public IPEndPoint ObjectServer => _server.Address;

    /// <summary>Another master's connection, with a certificate of its own.</summary>
    public RpcClient ConnectMaster(string user) => new(Endpoint, _pki.User(user, "Subd.*"), new RpcClientOptions { Retries = 0 });

    /// <summary>Credentials of a server of this rig's fleet.</summary>
    public RpcCredentials Server(string role) => _pki.Server(role);

    /// <summary>Credentials of a master.</summary>
    public RpcCredentials MasterCredentials(string user) => _pki.User(user, "Subd.*", "FileGenerator.Generate");

    public string Read(string path) => File.ReadAllText(Root + path);

    public ObjectId Id(string content) => ObjectId.Of(System.Text.Encoding.UTF8.GetBytes(content));

    public async ValueTask DisposeAsync()
    {
        await StopSubAsync();
        await _server.DisposeAsync();
        _pki.Dispose();
        _mount?.Dispose();
        _temp.Dispose();
    }
}
