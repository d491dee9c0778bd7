using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Trees.Triggers;

namespace Dom.Tests.Roles.Sub.Disruption;

/// <summary>Updates of high impact wait for a program on the machine that speaks as Dominator's disruption tools do.</summary>
[CancelAfter(120_000)]
public sealed class DisruptionTests
{
    private static readonly Trigger Web = new() { Service = "web", MatchLines = ["/web"], HighImpact = true };

    [Test]
    public async Task An_update_of_high_impact_waits_until_it_is_permitted_and_gives_the_permission_back(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        Answer(rig, 2, "not now\u001b[31m");
        var ready = await ReadyForTwoAsync(rig, cancellationToken);
        Assert.That((ready.Disruption, Asked(rig)), Is.EqualTo((DisruptionState.None, Array.Empty<string>())), "nobody is asked before the master wants the update");

        Assert.That(() => rig.UpdateAsync(ready, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("DisruptionRequested"));
        var state = await rig.PollUntilAsync(s => s.Disruption == DisruptionState.Denied, cancellationToken);
        Assert.That(state.DisruptionReason, Is.EqualTo("not now [31m"), "without control characters");
        Assert.That(() => rig.UpdateAsync(state, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("DisruptionDenied"));
        Answer(rig, 1, "third in line");
        state = await rig.PollUntilAsync(s => s.Disruption == DisruptionState.Requested && s.DisruptionReason == "third in line", cancellationToken);
        Assert.That(() => rig.UpdateAsync(state, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("DisruptionRequested"));
        Assert.That((rig.Read("/web"), rig.Services), Is.EqualTo(("one", Array.Empty<string>())), "nothing was touched");

        Answer(rig, 0);
        state = await rig.PollUntilAsync(s => s.Disruption == DisruptionState.Permitted, cancellationToken);
        Assert.That(Asked(rig), Has.None.EqualTo("cancel"));
        await rig.UpdateAsync(state, cancellationToken);
        state = await rig.PollUntilAsync(s => s is { Disruption: DisruptionState.None, Phase: SubPhase.Idle, Plan.IsCompliant: true }, cancellationToken);
        Assert.That((rig.Read("/web"), rig.Services), Is.EqualTo(("two", new[] { "stop web", "start web" })));
        Assert.That((Asked(rig)[0], Asked(rig)[^1]), Is.EqualTo(("request", "cancel")));
        Assert.That(Asked(rig), Has.Some.EqualTo("check"));
        Assert.That(File.Exists(rig.Root + "/.subd/disruption"), Is.False);
    }

    [TestCase("sleep 600 & sleep 600", "was not done after 0.5 s and was killed")]
    [TestCase("echo broken >&2; exit 3", "ended with code 3, which is none of 0, 1 and 2: broken")]
    [TestCase("", "cannot be run")]
    public async Task A_tool_that_hangs_fails_or_is_missing_is_named_and_no_permission_and_a_person_can_go_on_without(string script, string fault, CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken, script.StartsWith("sleep", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(500) : null);
        WriteTool(rig, script);
        var ready = await ReadyForTwoAsync(rig, cancellationToken);
        Assert.That(() => rig.UpdateAsync(ready, cancellationToken), Throws.TypeOf<RpcException>());

        var state = await rig.PollUntilAsync(s => s.Disruption == DisruptionState.Failed, cancellationToken);

        Assert.That(state.DisruptionReason, Does.StartWith($"the disruption tool {rig.Place}/tool, asked to request, {fault}"));
        Assert.That(
            () => rig.UpdateAsync(state, cancellationToken),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("DisruptionFailed").And.Message.Contains(fault));
        await rig.UpdateAsync(state, cancellationToken, request => request with { ForceDisruption = true });
        await rig.PollUntilAsync(s => s is { Phase: SubPhase.Idle, Plan.IsCompliant: true }, cancellationToken);
        Assert.That(rig.Read("/web"), Is.EqualTo("two"));
    }

    [Test]
    public async Task A_permission_that_nobody_needs_any_more_is_given_back(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        Answer(rig, 1);
        var one = rig.Required;
        var ready = await ReadyForTwoAsync(rig, cancellationToken);
        Assert.That(() => rig.UpdateAsync(ready, cancellationToken), Throws.TypeOf<RpcException>());
        await rig.PollUntilAsync(s => s.Disruption == DisruptionState.Requested && Asked(rig).Length > 0, cancellationToken);

        var two = rig.Required;
        rig.Required = one;
        await rig.PollUntilAsync(s => s.Disruption == DisruptionState.None, cancellationToken);
        Assert.That(Asked(rig)[^1], Is.EqualTo("cancel"), "another image needs none");

        rig.Required = two;
        ready = await rig.PollUntilAsync(
            s => s is { RequiredReadiness: ImageReadiness.Ready or ImageReadiness.NeedsObjects, Phase: SubPhase.Idle, Plan.Steps: > 0 } && s.RequiredManifest == two!.Manifest, cancellationToken);
        if (ready.RequiredReadiness == ImageReadiness.NeedsObjects)
        {
            await rig.FetchAsync(two!, cancellationToken);
            ready = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.Ready, Phase: SubPhase.Idle, Plan.Steps: > 0 }, cancellationToken);
        }

        Answer(rig, 0);
        Assert.That(() => rig.UpdateAsync(ready, cancellationToken), Throws.TypeOf<RpcException>());
        await rig.PollUntilAsync(s => s.Disruption == DisruptionState.Permitted, cancellationToken);
        rig.Halt = true;
        await rig.PollUntilAsync(s => s.Disruption == DisruptionState.None, cancellationToken);
        Assert.That(Asked(rig)[^1], Is.EqualTo("cancel"), "a machine that must not be changed needs none");
    }

    [Test]
    public async Task The_next_process_gives_back_what_one_before_it_was_permitted_when_the_machine_is_in_sync(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        Answer(rig, 0);
        var ready = await ReadyForTwoAsync(rig, cancellationToken, Web with { Service = "reboot", DoReboot = true });
        Assert.That(() => rig.UpdateAsync(ready, cancellationToken), Throws.TypeOf<RpcException>());
        await rig.UpdateAsync(await rig.PollUntilAsync(s => s.Disruption == DisruptionState.Permitted, cancellationToken), cancellationToken);
        var state = await rig.PollUntilAsync(s => s.Reboot == RebootState.Rebooting, cancellationToken);
        Assert.That((state.Disruption, Asked(rig)), Is.EqualTo((DisruptionState.Permitted, Asked(rig).Where(static a => a != "cancel"))), "it is kept until the machine is back");

        await rig.StopSubAsync();
        rig.BootId = "boot 2";
        await rig.StartSubAsync(cancellationToken);
        await rig.PollUntilAsync(s => s is { Disruption: DisruptionState.None, Plan.IsCompliant: true }, cancellationToken);
        Assert.That(() => Asked(rig)[^1], Is.EqualTo("cancel").After(20_000, 20));
    }

    private static async Task<SubRig> StartAsync(CancellationToken cancellationToken, TimeSpan? limit = null)
    {
        var tool = "";
        var rig = await SubRig.StartAsync(
            cancellationToken,
            configure: options => options with { DisruptionTool = tool, DisruptionTimeout = limit ?? TimeSpan.FromSeconds(30) },
            prepare: made =>
            {
                tool = Path.Combine(made.Place, "tool");
                WriteTool(made, $"echo \"$1\" >> {made.Place}/asked\ncat {made.Place}/words\nexit $(cat {made.Place}/code)");
                return Task.CompletedTask;
            });
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("one", ("/web", "one")));
        await rig.ConvergeAsync(cancellationToken);
        return rig;
    }

    private static async Task<PollResponse> ReadyForTwoAsync(SubRig rig, CancellationToken cancellationToken, Trigger? trigger = null)
    {
        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("two", ("/web", "two")), m => m with { Triggers = [trigger ?? Web] });
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle } && s.RequiredManifest == rig.Required.Manifest, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken);
        return await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.Ready, Phase: SubPhase.Idle, Plan.Steps: > 0 }, cancellationToken);
    }

    private static void Answer(SubRig rig, int code, string words = "")
    {
        File.WriteAllText(Path.Combine(rig.Place, "words"), words);
        File.WriteAllText(Path.Combine(rig.Place, "code"), $"{code}");
    }

    private static void WriteTool(SubRig rig, string script)
    {
        var tool = Path.Combine(rig.Place, "tool");
        File.Delete(tool);
        if (script.Length > 0)
        {
            File.WriteAllText(tool, $"#!/bin/sh\n{script}\n");
            File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static string[] Asked(SubRig rig) => File.Exists(Path.Combine(rig.Place, "asked")) ? File.ReadAllLines(Path.Combine(rig.Place, "asked")) : [];
}
