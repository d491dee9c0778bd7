using System.Text.Json;
using System.Text.RegularExpressions;
using Dom.Cli;
using Dom.Tests.Lab;
using Dom.Tests.Roles.MdbSync;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary><c>dom run --role=mdb-sync</c> and <c>dom mdb</c> as operators run them, with a process that is killed.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed partial class MdbCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new("dom-mdb-");
    private string _server = "";

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(240_000)]
    public async Task An_operator_looks_pauses_and_accepts_and_a_killed_server_goes_on_where_it_was(CancellationToken token)
    {
        var source = _directory.WriteFile("a.json", MdbRig.Json(30).Replace("\"Hostname\":\"h7\"", "\"Hostname\":\"h7\",\"Location\":\"SJC/rack4\",\"Tags\":{\"Type\":\"web\"}", StringComparison.Ordinal));
        await MakeCertificatesAsync();
        var killed = await StartAsync(source, token);
        await killed.WaitAsync("the list is in force", async () => (await MdbAsync("list", "--names")).Lines.Length == 30, TimeSpan.FromMinutes(1), token);

        Assert.That((await MdbAsync("list", "--location", "SJC", "--tag", "Type=web", "--names")).Expect().Lines, Is.EqualTo(new[] { "h7" }));
        Assert.That((await MdbAsync("list", "h7", "nobody")).Expect(ExitCode.Partial).Error, Does.Contain("nobody"));
        (await MdbAsync("list", "nobody")).Expect(ExitCode.NotFound);
        (await MdbAsync("list", "--tag", "x")).Expect(ExitCode.Usage);
        Assert.That((await MdbAsync("show", "h7")).Expect().Output, Does.Contain("as inventory says:").And.Contain("SJC/rack4"));
        (await MdbAsync("show", "nobody")).Expect(ExitCode.NotFound);
        (await MdbAsync("pause", "h7", "--for", "soon", "--reason", "r")).Expect(ExitCode.Usage);
        (await MdbAsync("pause", "h7", "--for", "20h", "--reason", "r")).Expect(ExitCode.Usage);
        Assert.That((await MdbAsync("pause", "h7", "--for", "2h", "--reason", "looking")).Expect().Output, Does.Contain("h7 is paused until").And.Contain("by admin: looking"));
        (await MdbAsync("resume", "h8")).Expect(ExitCode.NotFound);
        (await MdbAsync("accept-shrink", "--dry-run")).Expect(ExitCode.NotFound);

        await killed.KillAsync();
        await killed.DisposeAsync();
        (await MdbAsync("sources")).Expect(ExitCode.Unreachable);
        await File.WriteAllTextAsync(source, MdbRig.Json(3), token);
        await using var process = await StartAsync(source, token);
        Assert.That((await MdbAsync("list", "--names")).Expect().Lines, Has.Length.EqualTo(30), "the list is there at once, and the shrunken one is not believed");
        using (var shown = JsonDocument.Parse((await MdbAsync("show", "h7", "--json")).Expect().Output))
        {
            Assert.That(shown.RootElement.GetProperty("schema_version").GetInt32(), Is.EqualTo(1));
            Assert.That(shown.RootElement.GetProperty("pause").GetProperty("reason").GetString(), Is.EqualTo("looking"));
            Assert.That(shown.RootElement.GetProperty("machine").GetProperty("disable_updates").GetBoolean(), Is.True);
        }

        await process.WaitAsync("the loss is seen", async () => (await MdbAsync("sources", "--check")).ExitCode == ExitCode.Partial, TimeSpan.FromMinutes(1), token);
        (await MdbAsync("accept-shrink")).Expect(ExitCode.Usage);
        (await MdbAsync("accept-shrink", "no-source", "--reason", "r")).Expect(ExitCode.NotFound);
        Assert.That((await MdbAsync("accept-shrink", "--dry-run")).Expect().Output, Does.StartWith("would accept: 27 of 30 machines of inventory"));
        (await MdbAsync("accept-shrink", "inventory", "--reason", "rack sold")).Expect();
        Assert.That((await MdbAsync("list", "--names")).Expect().Lines, Has.Length.EqualTo(3));
        Assert.That((await MdbAsync("sources", "--check")).Expect().Output, Does.Contain("inventory").And.Contain("3 machines in force"));
    }

    [Test, CancelAfter(240_000)]
    public async Task The_output_is_whole_whenever_the_process_is_killed_and_watch_goes_on_after_it(CancellationToken token)
    {
        var source = _directory.WriteFile("a.json", MdbRig.Json(2_000));
        await MakeCertificatesAsync();
        var random = new Random(7);
        for (var round = 0; round < Counts.Of(3, 30); round++)
        {
            await using var process = await StartAsync(source, token);
            await process.WaitAsync("the output is there", () => Task.FromResult(File.Exists(_directory.Combine("mdb.json"))), TimeSpan.FromMinutes(1), token);
            for (var i = 0; i < 20; i++)
            {
                // In place, as an editor might: what is read in the middle of it is not believed.
                await File.WriteAllTextAsync(source, MdbRig.Json(2_000, $"web/{round}-{i}"), token);
                await Task.Delay(random.Next(1, 120), token);
            }

            await process.KillAsync();
            using var output = JsonDocument.Parse(await File.ReadAllBytesAsync(_directory.Combine("mdb.json"), token));
            Assert.That(output.RootElement.GetArrayLength(), Is.EqualTo(2_000));
            Assert.That(output.RootElement.EnumerateArray().Select(m => m.GetProperty("RequiredImage").GetString()).Distinct().Count(), Is.EqualTo(1), "one list, not parts of two");
        }
    }

    [Test, CancelAfter(240_000)]
    public async Task A_master_follows_the_stream_and_keeps_the_list_while_the_server_is_away(CancellationToken token)
    {
        var source = _directory.WriteFile("a.json", MdbRig.Json(3));
        await MakeCertificatesAsync();
        (await DomProgram.RunAsync("cert", "issue", "--name", "master", "--role", "master", "--out", In("tls"))).Expect();
        var server = await StartAsync(source, token);
        await using var master = DomProcess.Start(
            "run", "--role=master", "--set", $"Tls.CaFile={In("tls/CA.pem")}", "--set", $"Tls.CertificateFile={In("tls/master/cert.pem")}",
            "--set", $"Tls.KeyFile={In("tls/master/key.pem")}", "--set", "Master.Listen=127.0.0.1:0", "--set", $"Master.StateDirectory={In("master")}",
            "--set", $"Master.MdbServer={_server}", "--set", "Master.ImageServer=127.0.0.1:1", "--set", "Master.SubPort=1");
        await master.WaitAsync("the master answers", () => Task.FromResult(Answers().IsMatch(master.Log)), TimeSpan.FromMinutes(1), token);
        var address = Answers().Match(master.Log).Groups[1].Value;
        await master.WaitAsync("three machines", async () => (await NamesAsync()).SequenceEqual(["h0", "h1", "h2"]), TimeSpan.FromMinutes(1), token);
        await File.WriteAllTextAsync(source, MdbRig.Json(5), token);
        await master.WaitAsync("five machines", async () => (await NamesAsync()).Length == 5, TimeSpan.FromMinutes(1), token);
        await server.KillAsync();
        await server.DisposeAsync();
        await master.WaitAsync("the fault is told", async () => (await CtlAsync("status", "--json")).Output.Contains("stays in force", StringComparison.Ordinal), TimeSpan.FromMinutes(1), token);
        Assert.That(await NamesAsync(), Has.Length.EqualTo(5));

        async Task<string[]> NamesAsync() => (await CtlAsync("list-subs", "--names")).Lines;

        Task<ToolResult> CtlAsync(params string[] arguments) => DomProgram.RunAsync(
            ["ctl", .. arguments, "--master", address, "--ca", In("tls/CA.pem"), "--cert", In("tls/admin/cert.pem"), "--key", In("tls/admin/key.pem")]);
    }

    [Test, CancelAfter(120_000)]
    public async Task Faults_of_the_configuration_are_found_before_anything_runs(CancellationToken token)
    {
        var file = _directory.WriteFile("dom.conf", """
            [MdbSync]
            Source=jsn /etc/machines.json
            Source=json machines.json
            MaximumShrinkPercent=200
            HostnameRegex=(?=x)
            Interval=5s
            """);
        var check = await DomProgram.RunAsync(["config", "check", "--config", file], environment: null, cancellationToken: token);
        check.Expect(ExitCode.Usage);
        Assert.That(check.Error, Does.Contain("dom.conf:2").And.Contain("did you mean 'json'").And.Contain("dom.conf:3").And.Contain("dom.conf:4").And.Contain("dom.conf:5").And.Contain("no key 'Interval'"));
    }

    private Task<ToolResult> MdbAsync(params string[] arguments) => DomProgram.RunAsync(
    [
        "mdb", .. arguments, "--mdbserver", _server, "--ca", In("tls/CA.pem"), "--cert", In("tls/admin/cert.pem"), "--key", In("tls/admin/key.pem"),
    ]);

    private async Task MakeCertificatesAsync()
    {
        (await DomProgram.RunAsync("cert", "init-ca", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "mdbd", "--role", "mdb-sync", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "admin", "--allow", "MdbServer.*", "--out", In("tls"))).Expect();
    }

    private async Task<DomProcess> StartAsync(string source, CancellationToken token)
    {
        var process = DomProcess.Start(
            "run", "--role=mdb-sync", "--set", $"Tls.CaFile={In("tls/CA.pem")}", "--set", $"Tls.CertificateFile={In("tls/mdbd/cert.pem")}",
            "--set", $"Tls.KeyFile={In("tls/mdbd/key.pem")}", "--set", "MdbSync.Listen=127.0.0.1:0", "--set", $"MdbSync.StateDirectory={In("state")}",
            "--set", $"MdbSync.Output={In("mdb.json")}", "--set", $"MdbSync.Source=name=inventory json {source}");
        await process.WaitAsync("mdb-sync answers", () => Task.FromResult(Answers().IsMatch(process.Log)), TimeSpan.FromMinutes(1), token);
        _server = Answers().Match(process.Log).Groups[1].Value;
        return process;
    }

    private string In(string name) => _directory.Combine(name);

    [GeneratedRegex(@"answers at (\S+:\d+)")]
    private static partial Regex Answers();
}
