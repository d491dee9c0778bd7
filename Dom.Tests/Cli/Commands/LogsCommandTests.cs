using System.Text.Json;
using System.Text.RegularExpressions;
using Dom.Cli;
using Dom.Tests.Lab;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary><c>dom logs</c> as operators run it, with two roles in one process.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed partial class LogsCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new("dom-logs-");
    private string _imageServer = "";
    private string _master = "";

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(300_000)]
    public async Task An_operator_reads_follows_and_adjusts_the_logs_of_two_roles(CancellationToken token)
    {
        await IssueAsync();
        await using var process = await StartAsync(token);

        var printed = (await LogsAsync("print", _imageServer)).Expect();
        Assert.That(printed.Output, Does.Contain("LogListening]: imageserver listens on 127.0.0.1:").And.Not.Contain("master listens"));
        Assert.That((await LogsAsync("print", _master, "--filter", "LISTENS", "--level", "information", "--since", "1h", "--lines", "1")).Expect().Lines, Has.Length.EqualTo(1));
        Assert.That((await LogsAsync("print", _master, "--level", "Critical")).Expect().Lines, Is.Empty);
        (await LogsAsync("print", _master, "--since", "soon")).Expect(ExitCode.Usage);
        (await LogsAsync("print", _master, "--lines", "-1")).Expect(ExitCode.Usage);
        (await LogsAsync("print", _master, "--level", "Loud")).Expect(ExitCode.Usage);
        Assert.That((await LogsAsync("print", "mastr@localhost")).Expect(ExitCode.Usage).Error, Does.Contain("did you mean 'master'?"));
        (await LogsAsync("print", "localhost")).Expect(ExitCode.Usage);
        (await LogsAsync("print", "sub@127.0.0.1:1")).Expect(ExitCode.Unreachable);

        var some = (await LogsAsync("print", "sub@127.0.0.1:1", _imageServer, _master)).Expect(ExitCode.Partial);
        Assert.That(some.Error, Does.Contain("sub@127.0.0.1:1: "));
        Assert.That(some.Lines, Has.Some.StartsWith($"{_imageServer}  ").And.Some.StartsWith($"{_master}  "));
        using (var document = JsonDocument.Parse((await LogsAsync("print", "sub@127.0.0.1:1", _master, "--json")).Expect(ExitCode.Partial).Output))
        {
            Assert.That(document.RootElement.GetProperty("schema_version").GetInt32(), Is.EqualTo(1));
            var logs = document.RootElement.GetProperty("logs").EnumerateArray().ToList();
            Assert.That(logs[0].GetProperty("error").GetProperty("code").GetString(), Is.EqualTo("Unreachable"));
            Assert.That(logs[1].GetProperty("lines")[0].GetProperty("level").GetString(), Is.EqualTo("Information"));
            Assert.That(logs[1].TryGetProperty("error", out _), Is.False);
        }

        await using var watch = DomProcess.Start(["logs", "watch", _master, _imageServer, "--lines", "0", "--level", "Warning", "--json", .. Certificate("reader")]);
        (await LogsAsync("level", _master, "--level", "Debug", "--reset")).Expect(ExitCode.Usage);
        (await LogsAsync("level", _master, "--for", "5min")).Expect(ExitCode.Usage);
        (await DomProgram.RunAsync(["logs", "level", _master, "--level", "Debug", .. Certificate("reader")])).Expect(ExitCode.Denied);
        await process.WaitAsync(
            "the follower hears of it",
            async () =>
            {
                (await LogsAsync("level", _master, "--level", "Debug", "--category", "Dom.Roles.Master", "--for", "5min", "--reason", "looking")).Expect();
                return watch.Log.Contains("admin set the log level of Dom.Roles.Master to Debug for 5min: looking", StringComparison.Ordinal);
            },
            TimeSpan.FromMinutes(1),
            token);
        using (var line = JsonDocument.Parse(watch.Log.Split('\n')[0]))
        {
            Assert.That(line.RootElement.GetProperty("target").GetString(), Is.EqualTo(_master));
            Assert.That(line.RootElement.GetProperty("line").GetProperty("event").GetString(), Is.EqualTo("LogLevelSet"));
        }

        Assert.That((await LogsAsync("level", _master)).Expect().Output, Does.Contain("Dom.Roles.Master  Debug  set by admin until ").And.Contain("all others  Information"));
        Assert.That((await LogsAsync("level", _imageServer)).Expect().Output, Does.Not.Contain("Debug"), "each role has levels of its own");
        Assert.That((await LogsAsync("level", _master, "--reset", "--reason", "found")).Expect().Output, Does.Not.Contain("Debug"));
        Assert.That((await LogsAsync("level", _master, "sub@127.0.0.1:1", "--json")).Expect(ExitCode.Partial).Output, Does.Contain("\"rules\"").And.Contain("\"Unreachable\""));
        Assert.That(process.Log, Does.Contain("set the log level"), "the log of the program has the lines too");
    }

    [Test, CancelAfter(240_000)]
    public async Task Watching_goes_on_when_a_killed_role_is_back_and_nothing_is_told_twice(CancellationToken token)
    {
        await IssueAsync();
        var killed = await StartAsync(token);
        await using var watch = DomProcess.Start(["logs", "watch", _imageServer, .. Certificate("reader")]);
        await watch.WaitAsync("the first run is heard", () => Task.FromResult(Listening().Count(watch.Log) == 1), TimeSpan.FromMinutes(1), token);
        await killed.KillAsync();
        await killed.DisposeAsync();
        await watch.WaitAsync("the loss is told", () => Task.FromResult(watch.Log.Contains("trying again", StringComparison.Ordinal)), TimeSpan.FromMinutes(1), token);
        await using var again = await StartAsync(token, _imageServer.Split(':')[^1]);
        await watch.WaitAsync("the second run is heard", () => Task.FromResult(Listening().Count(watch.Log) == 2), TimeSpan.FromMinutes(1), token);
        Assert.That(watch.Log, Does.Contain("started anew"));
        (await LogsAsync("level", _imageServer, "--level", "Debug", "--reason", "mark")).Expect();
        await watch.WaitAsync("a new line is heard", () => Task.FromResult(watch.Log.Contains("to Debug until it is taken back or the role restarts: mark", StringComparison.Ordinal)), TimeSpan.FromMinutes(1), token);
        Assert.That(Listening().Count(watch.Log), Is.EqualTo(2));
    }

    private Task<ToolResult> LogsAsync(params string[] arguments) => DomProgram.RunAsync(["logs", .. arguments, .. Certificate("admin")]);

    private string[] Certificate(string name) => ["--ca", In("CA.pem"), "--cert", In($"{name}/cert.pem"), "--key", In($"{name}/key.pem")];

    private async Task IssueAsync()
    {
        (await DomProgram.RunAsync("cert", "init-ca", "--out", _directory.Path)).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "all", "--role", "master", "--role", "imageserver", "--host", "127.0.0.1", "--out", _directory.Path)).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "admin", "--allow", "Logger.*", "--out", _directory.Path)).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "reader", "--allow", "Subd.Poll", "--out", _directory.Path)).Expect();
    }

    private async Task<DomProcess> StartAsync(CancellationToken token, string imageServerPort = "0")
    {
        var process = DomProcess.Start(
            "run", "--role=imageserver,master", "--set", $"Tls.CaFile={In("CA.pem")}", "--set", $"Tls.CertificateFile={In("all/cert.pem")}", "--set", $"Tls.KeyFile={In("all/key.pem")}",
            "--set", $"ImageServer.Listen=127.0.0.1:{imageServerPort}", "--set", $"ImageServer.StateDirectory={_directory.CreateDirectory("images")}",
            "--set", "Master.Listen=127.0.0.1:0", "--set", $"Master.StateDirectory={_directory.CreateDirectory("master")}", "--set", $"Master.MachineList={_directory.WriteFile("mdb", "[]")}");
        await process.WaitAsync("two roles answer", () => Task.FromResult(Answers().Count(process.Log) == 2), TimeSpan.FromMinutes(1), token);
        foreach (Match match in Answers().Matches(process.Log))
        {
            var target = $"{match.Groups[1].Value}@{match.Groups[2].Value}";
            _ = match.Groups[1].Value == "master" ? _master = target : _imageServer = target;
        }

        return process;
    }

    private string In(string path) => _directory.Combine(path);

    [GeneratedRegex(@"(master|imageserver) answers at (127\.0\.0\.1:\d+)")]
    private static partial Regex Answers();

    [GeneratedRegex(@"\[1000 LogListening\]: imageserver listens on")]
    private static partial Regex Listening();
}
