using Dom.Cli;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Master.Policy;
using Dom.Tests.Roles.Master;
using Dom.Tests.Support;

namespace Dom.Tests.Cli;

/// <summary>The controls as a person types them.</summary>
[CancelAfter(120_000)]
public sealed class CtlCommandTests
{
    [TestCase("clear-halt web/1")]
    [TestCase("clear-safety-stop a")]
    [TestCase("pause a --for 1h")]
    [TestCase("force-disruptive-update a")]
    [TestCase("take-over a")]
    [TestCase("accept-machine-list")]
    public async Task What_lets_something_dangerous_through_needs_a_reason(string command)
    {
        var result = await DomProgram.RunAsync(["ctl", .. command.Split(' ')], environment: null);
        Assert.That(result.ExitCode, Is.EqualTo(ExitCode.Usage));
        Assert.That(result.Error, Does.Contain("a reason is needed").And.Contain("--reason"));
    }

    [TestCase("set-default-image", "--none")]
    [TestCase("pause a --for soon --reason x", "30min")]
    [TestCase("history a --since yesteryear", "2d")]
    [TestCase("list-subs --tag broken", "NAME=VALUE")]
    public async Task Wrong_arguments_are_refused_before_anybody_is_asked(string command, string hint)
    {
        var result = await DomProgram.RunAsync(["ctl", .. command.Split(' ')], environment: null);
        Assert.That((result.ExitCode, result.Error.Contains(hint, StringComparison.Ordinal)), Is.EqualTo((ExitCode.Usage, true)), result.Error);
    }

    [Test]
    public async Task A_machine_that_another_master_holds_is_shown_and_taken_over(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: rig.Images.Add("web/1")));
        sub.Set(s => s with { HeldBy = new MasterHold { Master = "first/1f", User = "dominator" } });
        await rig.StartOneAsync(MachineStatus.HeldByOther, cancellationToken);
        await using var port = await MasterOverTls.StartAsync(rig, cancellationToken);
        var identity = port.Identity("alice", "Dominator.TakeOverSubs");
        Assert.That((await DomProgram.RunAsync(["ctl", "show-sub", "a", .. identity])).Expect().Output, Does.Contain("held by another master").And.Contain("first/1f"));
        Assert.That((await DomProgram.RunAsync(["ctl", "status", .. identity])).Expect().Output, Does.Contain("first/1f, holds 1 machine"));

        var taken = (await DomProgram.RunAsync(["ctl", "take-over", "a", "--reason", "it moves", .. identity])).Expect();
        Assert.That(taken.Output, Is.EqualTo("a: taken over\n"));
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That((await rig.Service.History.ReadAsync("a", cancellationToken)).Any(r => r.Text.Contains("it moves", StringComparison.Ordinal)));
    }

    [Test]
    public async Task Controls_work_from_the_command_line(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: rig.Images.Add("web/1")));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        sub.AddDrift(number => new DriftRecord { Number = number, Path = UnixPath.Parse("/etc/motd"), Kind = DriftKind.Missing });
        await rig.WhenAsync(() => rig.Service.Drift.Read("a").Any(), () => "no drift", cancellationToken);
        await using var port = await MasterOverTls.StartAsync(rig, cancellationToken);

        var paused = await RunAsync("pause", "a", "nobody", "--for", "2h", "--reason", "backup");
        Assert.That((paused.ExitCode, paused.Output, paused.Error), Is.EqualTo((ExitCode.Partial, "a: paused for 2h\n", "dom: nobody: the machine list has no machine 'nobody'\n")));
        Assert.That((await RunAsync("pause", "nobody", "--for", "2h", "--reason", "x")).ExitCode, Is.EqualTo(ExitCode.NotFound));
        Assert.That((await RunAsync("history", "a")).Expect().Output, Does.Contain("pause by alice: backup"));
        Assert.That((await RunAsync("drift", "--since", "1h", "--json")).Expect().Output, Does.Contain("\"path\": \"/etc/motd\"").And.Contain("schema_version"));
        Assert.That((await RunAsync("get-info-for-subs", "--json")).Expect().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), Has.Length.EqualTo(1));
        var watched = await RunAsync("watch", "--timeout", "4s");
        Assert.That((watched.ExitCode, watched.Output), Is.EqualTo((ExitCode.Unreachable, "a  synced  web/1\n")));

        Task<ToolResult> RunAsync(params string[] arguments) => DomProgram.RunAsync(["ctl", .. arguments, .. port.Identity("alice", "Dominator.*")], environment: null, cancellationToken: cancellationToken);
    }
}
