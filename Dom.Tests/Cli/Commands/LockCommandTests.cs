using System.Text.RegularExpressions;
using Dom.Cli;
using Dom.Tests.Lab;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary><c>dom run --role=lock-manager</c> and <c>dom lock</c> as operators and scripts run them, with a server that is killed.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed partial class LockCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new("dom-locks-");
    private string _server = "";

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(600_000)]
    public async Task An_operator_sees_what_locksmithctl_shows_and_a_killed_server_keeps_its_word(CancellationToken token)
    {
        await MakeCertificatesAsync();
        var killed = await StartAsync(token);
        Assert.That((await LockAsync("status")).Expect().Output, Is.EqualTo("Available: 1\nMax: 1\n"));
        Assert.That((await LockAsync("lock", "aaa", "--reason", "kernel")).Expect().Output, Does.Contain("aaa got a slot of default (grant 1, 0 free)"));
        Assert.That((await LockAsync("lock", "aaa")).Expect().Output, Does.Contain("holds a slot"));
        Assert.That((await LockAsync("lock", "bbb")).Expect(ExitCode.Refused).Error, Does.Contain("held, by aaa").And.Contain("place 1"));
        (await LockAsync("lock", "aaa", "--strict")).Expect(ExitCode.Refused);
        Assert.That((await LockAsync("explain", "bbb")).Expect(ExitCode.Refused).Output, Does.Contain("place in the queue is 1"));
        Assert.That((await LockAsync("set-max", "4")).Expect().Output, Is.EqualTo("Old: 1\nNew: 4\n"));
        (await LockAsync("set-max", "0")).Expect(ExitCode.Usage);
        (await LockAsync("set-max", "x")).Expect(ExitCode.Usage);
        (await LockAsync("set-max", "--", "-5")).Expect(ExitCode.Usage);
        (await LockAsync("lock", "ccc", "--group", "nogroup")).Expect(ExitCode.NotFound);
        Assert.That((await LockAsync("status")).Expect().Output, Does.StartWith("Available: 3\nMax: 4\n\nMACHINE ID").And.Contain("kernel"));

        await AsLocksmithAsync();

        await killed.KillAsync();
        await killed.DisposeAsync();
        Assert.That((await LockAsync("status", "--timeout", "20s")).Expect(ExitCode.Unreachable).Error, Does.Contain("--lockmanager"));
        await using var again = await StartAsync(token);
        Assert.That((await LockAsync("status", "--format", "locksmith")).Expect().Output, Is.EqualTo("Available: 2\nMax: 4\n\nMACHINE ID\naaa\nzzz\n"));
        Assert.That((await LockAsync("log", "--json")).Expect().Output, Does.Contain("\"what\": \"granted\""));

        (await LockAsync("freeze")).Expect(ExitCode.Usage);
        (await LockAsync("freeze", "--reason", "release day", "--for", "1h")).Expect();
        Assert.That((await LockAsync("lock", "ddd")).Expect(ExitCode.Refused).Error, Does.Contain("release day"));
        (await LockAsync("freeze", "--thaw")).Expect();
        await RunsAsync();
    }

    /// <summary>To the byte and the exit code what locksmithctl 0.6 does.</summary>
    private async Task AsLocksmithAsync()
    {
        string[] form = ["--format", "locksmith"];
        await ExpectAsync(["status"], 0, "Available: 3\nMax: 4\n\nMACHINE ID\naaa\n", "");
        await ExpectAsync(["lock", "zzz"], 0, "", "");
        await ExpectAsync(["lock", "zzz"], 1, "", "Error locking: holder exists\n");
        await ExpectAsync(["set-max", "2"], 0, "Old-Max: 4\nMax: 2\n", "");
        await ExpectAsync(["lock", "zzz"], 1, "", "Error locking: semaphore is at 0\n");
        await ExpectAsync(["lock", "yyy"], 1, "", "Error locking: semaphore is at 0\n");
        await ExpectAsync(["unlock", "nobody"], 1, "", "Error unlocking: holder does not exist\n");
        await ExpectAsync(["set-max", "abc"], 1, "", "Invalid maximum value: abc\n");
        await ExpectAsync(["set-max", "1"], 0, "Old-Max: 2\nMax: 1\n", "");
        await ExpectAsync(["status"], 0, "Available: -1\nMax: 1\n\nMACHINE ID\naaa\nzzz\n", "");
        await ExpectAsync(["set-max", "4"], 0, "Old-Max: 1\nMax: 4\n", "");
        (await LockAsync("unlock", "yyy")).Expect();
        (await LockAsync("unlock", "bbb")).Expect();

        async Task ExpectAsync(string[] command, int code, string output, string error)
        {
            var result = (await LockAsync([.. command, .. form])).Expect(code);
            Assert.That((result.Output, result.Error), Is.EqualTo((output, error)), result.CommandLine);
        }
    }

    /// <summary>A job holds its slot for as long as it runs, whatever it returns.</summary>
    private async Task RunsAsync()
    {
        var result = await RunAsync("--id", "job", "--", "/bin/sh", "-c", "echo running; exit 42");
        Assert.That((result.ExitCode, result.Output), Is.EqualTo((42, "running\n")));
        Assert.That((await LockAsync("log", "--last", "2")).Expect().Output, Does.Contain("granted").And.Contain("released").And.Contain("job"));
        (await RunAsync("--id", "job", "--", "/no/such/program")).Expect(ExitCode.NotFound);
        Assert.That((await LockAsync("status", "--format", "locksmith")).Expect().Output, Does.Not.Contain("job"));
        (await LockAsync("set-max", "2")).Expect();
        (await RunAsync("--id", "job", "--wait", "1s", "--", "/bin/true")).Expect(ExitCode.Refused);
    }

    private Task<ToolResult> LockAsync(params string[] arguments)
    {
        var separator = Array.IndexOf(arguments, "--");
        return separator < 0
            ? DomProgram.RunAsync(["lock", .. arguments, .. Identity])
            : DomProgram.RunAsync(["lock", .. arguments[..separator], .. Identity, .. arguments[separator..]]);
    }

    private Task<ToolResult> RunAsync(params string[] arguments) => LockAsync(["run", .. arguments]);

    private string[] Identity => ["--lockmanager", _server, "--ca", In("tls/CA.pem"), "--cert", In("tls/admin/cert.pem"), "--key", In("tls/admin/key.pem")];

    private async Task MakeCertificatesAsync()
    {
        (await DomProgram.RunAsync("cert", "init-ca", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "lock-manager", "--role", "lock-manager", "--host", "127.0.0.1", "--out", In("tls"))).Expect();
        (await DomProgram.RunAsync("cert", "issue", "--name", "admin", "--allow", "LockManager.*", "--out", In("tls"))).Expect();
    }

    private async Task<DomProcess> StartAsync(CancellationToken token)
    {
        string[] sets =
        [
            "LockManager.Listen=127.0.0.1:0", $"LockManager.StateDirectory={In("locks")}", "LockGroup db.prod.Max=2",
            $"LockManager.CaFile={In("tls/CA.pem")}", $"LockManager.CertificateFile={In("tls/lock-manager/cert.pem")}", $"LockManager.KeyFile={In("tls/lock-manager/key.pem")}",
        ];
        var process = DomProcess.Start(["run", "--role=lock-manager", .. sets.SelectMany(static s => new[] { "--set", s })]);
        await process.WaitAsync("the lock-manager answers", () => Task.FromResult(Answers().IsMatch(process.Log)), TimeSpan.FromMinutes(1), token);
        _server = Answers().Match(process.Log).Groups[1].Value;
        return process;
    }

    private string In(string name) => _directory.Combine(name);

    [GeneratedRegex(@"answers at (\S+:\d+)")]
    private static partial Regex Answers();
}
