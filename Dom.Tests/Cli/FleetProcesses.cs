using System.Text.RegularExpressions;
using Dom.Tests.Lab;
using Dom.Tests.Support;

namespace Dom.Tests.Cli;

/// <summary>All servers and one machine as processes, for commands that are run as people run them.</summary>
internal sealed partial class FleetProcesses : IAsyncDisposable
{
    /// <summary>While there is a file of this name, no service of the machine starts.</summary>
    public const string BrokenServices = "broken";

    /// <summary>Services of the machine do not start while its <c>/etc/motd</c> says what the file of this name says.</summary>
    public const string BadMotd = "bad-motd";

    /// <summary>A disruption group that has no room: h0, which never answers, was being disrupted when the master before this one stopped.</summary>
    private const string FullGroup = "pair";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private readonly Dictionary<string, string> _addresses = [];
    private readonly List<DomProcess> _processes = [];

    /// <summary>Where everything is: certificates in <c>tls</c>, the machine in <c>root</c>, the states in <c>images</c>, <c>mdb</c>, <c>master</c>.</summary>
    public TempDirectory Files { get; } = new("dom-fleet-");

    /// <summary>What the processes have printed.</summary>
    public IEnumerable<string> Lines => _processes.SelectMany(p => p.Log.Split('\n'));

    /// <summary>Where a role answers.</summary>
    public string this[string role] => _addresses[role];

    /// <summary>The options by which a command finds the servers and is admin's.</summary>
    public string[] Identity => [.. Servers, "--ca", In("tls/CA.pem"), "--cert", In("tls/admin/cert.pem"), "--key", In("tls/admin/key.pem")];

    /// <summary>The options by which a command finds the servers.</summary>
    public string[] Servers => ["--master", this["master"], "--imageserver", this["imageserver"], "--mdbserver", this["mdb-sync"], "--lockmanager", this["lock-manager"]];

    /// <summary>Makes certificates and starts all; the machine list has <c>localhost</c> and h0 to h9, which do not answer.</summary>
    public async Task StartAsync(CancellationToken token)
    {
        (await DomProgram.RunAsync("cert", "init-ca", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "all", "--role", "imageserver,lock-manager,mdb-sync,sub,master", "--host", "127.0.0.1,localhost", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "admin", "--allow", "Dominator.*,ImageServer.*,ObjectServer.*,MdbServer.*,LockManager.*,Subd.*,Subd.ListFiles,Subd.GetFiles,Subd.PushFile,Subd.Delete,Subd.RestartService", "--out", In("tls"))).Expect();
        WriteMachines(10);
        var services = Files.WriteFile("services", $"#!/bin/sh\n[ \"$1\" != start ] || ! cmp -s '{In(BadMotd)}' '{In("root/etc/motd")}'\n");
        File.SetUnixFileMode(services, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Files.WriteFile("master/brake.json", $$"""{"disruptions":[{"hostname":"h0","group":"{{FullGroup}}"}]}""");
        await StartAsync("imageserver,lock-manager,mdb-sync,sub", token,
            "ImageServer.Listen=127.0.0.1:0", $"ImageServer.StateDirectory={Files.CreateDirectory("images")}",
            "LockManager.Listen=127.0.0.1:0", $"LockManager.StateDirectory={In("locks")}",
            "MdbSync.Listen=127.0.0.1:0", $"MdbSync.StateDirectory={In("mdb")}", $"MdbSync.Output={In("mdb.json")}", $"MdbSync.Source=name=inventory json {In("machines.json")}",
            "Sub.Listen=127.0.0.1:0", $"Sub.Root={Files.CreateDirectory("root")}", $"Sub.ServiceCommand={services}");
        await StartMasterAsync("master", token);
    }

    /// <summary>Starts another master of the same machines, which holds none of them. Commands go to it from now on.</summary>
    public Task StartSecondMasterAsync(CancellationToken token) => StartMasterAsync("second", token);

    /// <summary>Sends commands to the master that answers there.</summary>
    public void UseMaster(string address) => _addresses["master"] = address;

    /// <summary>Writes the machine list: <c>localhost</c>, which requires an image, and so many that do not answer.</summary>
    public void WriteMachines(int others, string image = "web/1") => Files.WriteFile("machines.json",
        $$"""[{"Hostname":"localhost","RequiredImage":"{{image}}","Location":"SJC/rack4","Tags":{ "DisruptionManagerGroupIdentifier":"{{FullGroup}}" } }{{string.Concat(Enumerable.Range(0, others).Select(i => $$""",{"Hostname":"h{{i}}","IpAddress":"127.0.0.9"}"""))}}]""");

    /// <summary>Runs a command as admin.</summary>
    public Task<ToolResult> RunAsync(params string[] arguments) => DomProgram.RunAsync([.. arguments, .. Identity]);

    /// <summary>Runs a command as admin until its result is as wanted.</summary>
    public Task WaitAsync(string what, Func<ToolResult, bool> holds, CancellationToken token, params string[] arguments) =>
        _processes[^1].WaitAsync(what, async () => holds(await RunAsync(arguments)), Limit, token);

    /// <summary>The path of a file here.</summary>
    public string In(string name) => Files.Combine(name);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        Files.Dispose();
    }

    private Task StartMasterAsync(string state, CancellationToken token) => StartAsync("master", token,
        "Master.Listen=127.0.0.1:0", $"Master.StateDirectory={Files.CreateDirectory(state)}", $"Master.MdbServer={this["mdb-sync"]}", "Master.MaxFailures=1",
        $"Master.ImageServer={this["imageserver"]}", $"Master.SubPort={this["sub"].Split(':')[1]}");

    private async Task StartAsync(string roles, CancellationToken token, params string[] sets)
    {
        string[] tls = [$"Tls.CaFile={In("tls/CA.pem")}", $"Tls.CertificateFile={In("tls/all/cert.pem")}", $"Tls.KeyFile={In("tls/all/key.pem")}"];
        var process = DomProcess.Start(["run", "--json", "--role", roles, .. sets.Concat(tls).SelectMany(s => new[] { "--set", s })]);
        _processes.Add(process);
        await process.WaitAsync($"{roles} answer", () => Task.FromResult(Answers().Count(process.Log) == roles.Split(',').Length), Limit, token);
        foreach (Match match in Answers().Matches(process.Log))
        {
            _addresses[match.Groups[1].Value] = match.Groups[2].Value;
        }
    }

    [GeneratedRegex("""^\{.*"role":"([^"]+)","address":"([^"]+)".*\}$""", RegexOptions.Multiline)]
    private static partial Regex Answers();
}
