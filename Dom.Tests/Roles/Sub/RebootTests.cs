using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Core.Trees.Triggers;
using Dom.Roles.Sub.Reboots;
using Dom.Roles.Sub.Update;
using Dom.Tests.Faults;

namespace Dom.Tests.Roles.Sub;

/// <summary>A trigger with DoReboot: the machine reboots when everything of the update is done, once, and never again and again.</summary>
[CancelAfter(120_000)]
public sealed class RebootTests
{
    private static readonly Trigger Kernel = new() { Service = "reboot", MatchLines = ["/boot/.*"], DoReboot = true };
    private static readonly Trigger Web = new() { Service = "web", MatchLines = ["/boot/.*", "/web"] };

    [Test]
    public async Task The_machine_reboots_after_everything_else_and_is_in_sync_when_it_is_back(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken);
        await UpdateToTwoAsync(rig, cancellationToken);

        var state = await rig.PollUntilAsync(s => s.Reboot == RebootState.Rebooting, cancellationToken);

        Assert.That((state.Phase, state.AppliedImage, state.Plan!.IsCompliant, state.LastUpdateError), Is.EqualTo((SubPhase.Idle, "test/2", true, "")), "everything is reported before");
        Assert.That(() => rig.Services, Is.EqualTo(["reboot reboot"]).After(20_000, 20), "nothing is stopped or started before a reboot");
        await File.WriteAllTextAsync(rig.Root + "/boot/kernel", "changed meanwhile", cancellationToken);
        state = await rig.PollUntilAsync(s => s.Plan is { Steps: 1 }, cancellationToken);
        Assert.That(() => rig.UpdateAsync(state, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("Busy"));
        await File.WriteAllTextAsync(rig.Root + "/boot/kernel", "two", cancellationToken);
        File.SetLastWriteTimeUtc(rig.Root + "/boot/kernel", DateTime.UnixEpoch.AddDays(1));

        await RebootAsync(rig, cancellationToken);
        state = await rig.ConvergeAsync(cancellationToken);
        Assert.That((state.Reboot, state.BootId, state.AppliedImage), Is.EqualTo((RebootState.None, "boot 2", "test/2")));
        Assert.That(rig.Services, Has.Length.EqualTo(1));
    }

    [Test]
    public async Task A_sub_that_ends_before_it_could_reboot_the_machine_leaves_that_to_the_next_one_which_waits_for_stops(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken);
        rig.ServiceScript = $"[ \"$1\" != start ] || while [ -e {rig.Place}/wait ]; do sleep 0.05; done";
        await rig.StopSubAsync();
        await rig.StartSubAsync(cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(rig.Place, "wait"), "", cancellationToken);
        await UpdateToTwoAsync(rig, cancellationToken, Kernel with { Service = "kexec" });
        await rig.PollUntilAsync(s => s.Phase == SubPhase.Starting, cancellationToken);
        rig.Halt = true;
        await rig.PollAsync(cancellationToken);
        File.Delete(Path.Combine(rig.Place, "wait"));
        var state = await rig.PollUntilAsync(s => s.Reboot == RebootState.Due && s.Phase == SubPhase.Idle, cancellationToken);
        Assert.That(state.RebootReason, Is.EqualTo("updates are stopped"));

        await rig.StopSubAsync();
        await rig.StartSubAsync(cancellationToken);
        state = await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle && s.Reboot == RebootState.Due, cancellationToken);
        Assert.That(rig.Services, Is.EqualTo(["start kexec"]), "a stop keeps it from rebooting, after a restart too");

        rig.Halt = false;
        await rig.PollUntilAsync(s => s.Reboot == RebootState.Rebooting, cancellationToken);
        Assert.That(() => rig.Services, Is.EqualTo(["start kexec", "reboot reboot"]).After(20_000, 20));
    }

    [TestCase(FailPoint.RebootDue)]
    [TestCase(FailPoint.RebootNoted)]
    [TestCase(FailPoint.RebootBegins)]
    [TestCase(FailPoint.Swapped)]
    public async Task A_sub_that_is_killed_on_the_way_to_the_reboot_reboots_all_the_same(string place, CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken, asProcess: true);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("one", ("/boot/kernel", "one")), m => m with { Triggers = [Kernel with { MatchLines = ["/none"] }] });
        await rig.ConvergeAsync(cancellationToken);
        await rig.StopSubAsync();
        rig.Environment[FailPoint.Variable] = place;
        await rig.StartSubAsync(cancellationToken);
        await UpdateToTwoAsync(rig, cancellationToken);
        Assert.That(await rig.Process.EndAsync(cancellationToken), Is.EqualTo(FaultRun.Killed));
        Assert.That(rig.Services, Is.Empty);
        await rig.ForgetProcessAsync();

        rig.Environment.Remove(FailPoint.Variable);
        await rig.StartSubAsync(cancellationToken);
        await rig.PollUntilAsync(s => s.Reboot == RebootState.Rebooting, cancellationToken);
        Assert.That(() => rig.Services, Is.EqualTo(["reboot reboot"]).After(20_000, 20));
        Assert.That(rig.Read("/boot/kernel"), Is.EqualTo("two"));
    }

    [Test]
    public async Task A_trigger_that_matches_again_and_again_does_not_keep_the_machine_rebooting(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken);
        await UpdateToTwoAsync(rig, cancellationToken);
        for (var reboots = 1; reboots <= RebootMark.MaxReboots; reboots++)
        {
            await rig.PollUntilAsync(s => s.Reboot == RebootState.Rebooting, cancellationToken);
            Assert.That(() => rig.Services, Has.Length.EqualTo(reboots).After(20_000, 20));
            await RebootAsync(rig, cancellationToken);
            await rig.PollUntilAsync(s => s is { Phase: SubPhase.Idle, Reboot: RebootState.None }, cancellationToken);
            await DriftAsync(rig, cancellationToken);
        }

        var state = await rig.PollUntilAsync(s => s.Reboot == RebootState.Held && s.Phase == SubPhase.Idle, cancellationToken);
        Assert.That(state.RebootReason, Does.Contain("it has rebooted 2 times for test/2"));
        Assert.That((state.Plan!.IsCompliant, rig.Services.Length), Is.EqualTo((true, RebootMark.MaxReboots)), "files are corrected all the same");

        await rig.Client.CallAsync(SubdMethods.Retry, new RetryRequest { Hold = rig.Hold, Reason = "mended" }, cancellationToken);
        await rig.PollUntilAsync(s => s.Reboot == RebootState.Rebooting, cancellationToken);
        Assert.That(() => rig.Services, Has.Length.EqualTo(RebootMark.MaxReboots + 1).After(20_000, 20));
    }

    [Test]
    public async Task A_service_that_must_start_before_the_reboot_and_does_not_brings_the_machine_back_without_one(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken);
        await File.WriteAllTextAsync(rig.Broken, "start kexec\n", cancellationToken);
        await UpdateToTwoAsync(rig, cancellationToken, Kernel with { Service = "kexec" });

        var state = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.RolledBack, Phase: SubPhase.Idle }, cancellationToken);

        Assert.That((rig.Read("/boot/kernel"), state.Reboot), Is.EqualTo(("one", RebootState.None)));
        Assert.That(rig.Services, Has.None.StartsWith("reboot"));
        Assert.That(File.Exists(rig.Root + "/.subd/reboot"), Is.False);
    }

    [Test]
    public async Task An_image_that_proves_bad_after_the_reboot_is_left_with_another_reboot(CancellationToken cancellationToken)
    {
        await using var rig = await AtOneAsync(cancellationToken);
        await UpdateToTwoAsync(rig, cancellationToken);
        await rig.PollUntilAsync(s => s.Reboot == RebootState.Rebooting, cancellationToken);
        Assert.That(() => rig.Services, Has.Length.EqualTo(1).After(20_000, 20));
        await RebootAsync(rig, cancellationToken);
        await rig.PollUntilAsync(s => s is { Phase: SubPhase.Idle, AppliedImage: "test/2" }, cancellationToken);
        await rig.StopSubAsync();
        using (var directory = Dom.Core.Linux.DirectoryHandle.Open(rig.Root + "/.subd"))
        {
            new Dom.Roles.Sub.Images.RolledBackMark(directory, new Dom.Roles.Sub.Images.ImageMark(directory, "applied"u8))
                .Set(rig.Required!, "it is slow", Dom.Roles.Sub.Images.WayBackState.Due);
        }

        await rig.StartSubAsync(cancellationToken);
        var state = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.RolledBack, Reboot: RebootState.Rebooting }, cancellationToken);

        Assert.That((rig.Read("/boot/kernel"), state.AppliedImage), Is.EqualTo(("one", "test/1")));
        Assert.That(() => rig.Services, Is.EqualTo(["reboot reboot", "reboot reboot"]).After(20_000, 20));
    }

    private static async Task<SubRig> AtOneAsync(CancellationToken cancellationToken)
    {
        var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("one", ("/boot/kernel", "one"), ("/web", "web")), m => m with { Triggers = [Kernel with { MatchLines = ["/none"] }] });
        await rig.ConvergeAsync(cancellationToken);
        return rig;
    }

    private static async Task UpdateToTwoAsync(SubRig rig, CancellationToken cancellationToken, Trigger? reboots = null)
    {
        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("two", ("/boot/kernel", "two"), ("/web", "web")), m => m with { Triggers = [reboots ?? Kernel, Web] });
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle } && s.RequiredManifest == rig.Required.Manifest, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken);
        var ready = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.Ready, Phase: SubPhase.Idle, Plan.Steps: > 0 }, cancellationToken);
        Assert.That(ready.Plan!.HighImpact, Is.True, "a reboot is of high impact");
        await rig.UpdateAsync(ready, cancellationToken);
    }

    private static async Task DriftAsync(SubRig rig, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(rig.Root + "/boot/kernel", "changed by somebody", cancellationToken);
        var state = await rig.PollUntilAsync(s => s is { Plan.Steps: 1, Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.Ready or ImageReadiness.NeedsObjects }, cancellationToken);
        if (state.RequiredReadiness == ImageReadiness.NeedsObjects)
        {
            await rig.FetchAsync(rig.Required!, cancellationToken);
            state = await rig.PollUntilAsync(s => s is { Plan.Steps: 1, Phase: SubPhase.Idle, RequiredReadiness: ImageReadiness.Ready }, cancellationToken);
        }

        await rig.UpdateAsync(state, cancellationToken);
    }

    private static async Task RebootAsync(SubRig rig, CancellationToken cancellationToken)
    {
        await rig.StopSubAsync();
        rig.BootId = $"boot {int.Parse(rig.BootId.Split(' ')[1], null) + 1}";
        await rig.StartSubAsync(cancellationToken);
    }
}
