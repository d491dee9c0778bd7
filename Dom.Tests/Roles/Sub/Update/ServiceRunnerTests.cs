using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Update;

[CancelAfter(30_000)]
public sealed class ServiceRunnerTests
{
    [Test]
    public async Task The_command_gets_action_and_service_and_its_last_words_are_the_error(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var runner = Runner(temp, "echo \"$1 $2: no such thing\" >&2; [ \"$2\" = good ]");

        Assert.That(await runner.RunAsync(ServiceVerb.Start, "good", cancellationToken), Is.Null);
        Assert.That(
            await runner.RunAsync(ServiceVerb.Stop, "bad", cancellationToken), Is.EqualTo("stop bad ended with code 1: stop bad: no such thing"));
    }

    [Test]
    public async Task A_command_that_takes_too_long_is_asked_to_end_and_then_killed(
        [Values("sleep 600", "trap '' TERM; while :; do sleep 1; done")] string script, CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var runner = Runner(temp, script, TimeSpan.FromMilliseconds(200));

        Assert.That(await runner.RunAsync(ServiceVerb.Stop, "hanging", cancellationToken), Does.Contain("was not done after 0.2 s and was killed"));
    }

    [Test]
    public async Task A_daemon_that_keeps_the_pipes_open_does_not_hold_up_the_update(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var runner = Runner(temp, "sleep 20 & echo $! > \"$(dirname \"$0\")/pid\"; exit 0");

        Assert.That(await runner.RunAsync(ServiceVerb.Start, "daemon", cancellationToken), Is.Null);

        await Tool.RunOkAsync("kill", File.ReadAllText(temp.Combine("pid")).Trim());
    }

    [Test]
    public async Task What_is_no_service_name_is_not_run([Values("", "--force")] string name, CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();

        Assert.That(await Runner(temp, "exit 0").RunAsync(ServiceVerb.Stop, name, cancellationToken), Does.Contain("is no service name"));
    }

    [Test]
    public async Task A_command_that_is_not_there_is_an_error(CancellationToken cancellationToken)
    {
        var runner = new ServiceRunner(new ServiceRunnerOptions { Command = "/nonexistent/command" }, TimeProvider.System);

        Assert.That(await runner.RunAsync(ServiceVerb.Stop, "ssh", cancellationToken), Does.StartWith("cannot run /nonexistent/command"));
    }

    private static ServiceRunner Runner(TempDirectory temp, string script, TimeSpan? timeout = null)
    {
        var command = temp.WriteFile("command", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var options = new ServiceRunnerOptions { Command = command, Timeout = timeout ?? TimeSpan.FromSeconds(20), KillAfter = TimeSpan.FromMilliseconds(300) };
        return new ServiceRunner(options, TimeProvider.System);
    }
}
