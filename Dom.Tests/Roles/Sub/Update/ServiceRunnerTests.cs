using Dom.Core.Contracts.Subd;
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

    [Test]
    public async Task A_reboot_has_a_command_of_its_own_and_units_are_read_anew_by_systemd_only(CancellationToken cancellationToken)
    {
        using var temp = new TempDirectory();
        var log = temp.Combine("log");
        var command = temp.WriteFile("command", $"#!/bin/sh\necho \"$@\" >> {log}\n");
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var plain = new ServiceRunner(new ServiceRunnerOptions { Command = command }, TimeProvider.System);
        var own = new ServiceRunner(new ServiceRunnerOptions { Command = command, RebootCommand = $"echo down we go >> {log}; false" }, TimeProvider.System);

        Assert.That(await plain.RunAsync(ServiceVerb.Reboot, ServiceAction.Reboot, cancellationToken), Is.Null);
        Assert.That(await plain.RunAsync(ServiceVerb.ReloadUnits, "", cancellationToken), Is.Null);
        Assert.That(await own.RunAsync(ServiceVerb.Reboot, ServiceAction.Reboot, cancellationToken), Is.EqualTo("reboot ended with code 1"));
        Assert.That(await plain.ReadLogAsync("ssh", cancellationToken), Is.Null, "who is behind another command has no unit");
        Assert.That(await File.ReadAllLinesAsync(log, cancellationToken), Is.EqualTo(["reboot reboot", "down we go"]));
    }

    [Test]
    public void Lines_of_a_journal_are_few_short_and_harmless()
    {
        var many = ServiceJournal.Lines(string.Join('\n', Enumerable.Range(0, 100).Select(static i => $"line {i}")));
        Assert.That((many.Count, many[0], many[^1]), Is.EqualTo((PollLimits.MaxLogLines, "line 80", "line 99")), "the last");
        Assert.That(ServiceJournal.Lines("a\tb\u001b[31m\u202ec\r\n\n  \n"), Is.EqualTo([@"a b\x1b[31m\u202ec"]));
        Assert.That(ServiceJournal.Lines(new string('x', 2000)).Single(), Has.Length.EqualTo(PollLimits.MaxLogLine));
        Assert.That(ServiceJournal.Lines(new string('x', 4000) + "\n" + new string('y', 95)), Is.EqualTo([new string('y', 95)]), "of a line whose beginning is missing nothing is shown");
    }

    private static ServiceRunner Runner(TempDirectory temp, string script, TimeSpan? timeout = null)
    {
        var command = temp.WriteFile("command", $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(command, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var options = new ServiceRunnerOptions { Command = command, Timeout = timeout ?? TimeSpan.FromSeconds(20), KillAfter = TimeSpan.FromMilliseconds(300) };
        return new ServiceRunner(options, TimeProvider.System);
    }
}
