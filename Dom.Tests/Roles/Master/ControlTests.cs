using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Images;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

/// <summary>Controls of single machines and the default image.</summary>
[CancelAfter(60_000)]
public sealed class ControlTests
{
    [Test]
    public async Task A_pause_holds_one_machine_at_once_survives_a_restart_and_ends_by_itself(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var paused = rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        var other = rig.Add("b", ScriptedSub.Obedient(applied: manifest));
        rig.WriteList(Of("a"), Of("b"));
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        await using (var client = rig.Client("alice"))
        {
            var response = await client.CallAsync(
                DominatorMethods.PauseSubs, new PauseRequest { Hostnames = ["a", "nobody"], Duration = TimeSpan.FromHours(2), Reason = "backup" }, cancellationToken);
            Assert.That(response.Done, Is.EqualTo(new[] { "a" }));
            Assert.That(response.Failed.Single().Message, Does.Contain("nobody"));
        }

        await rig.WhenAsync(() => paused.LastPoll is { Halt: true }, () => "the machine does not hear of it", cancellationToken);
        paused.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 2) });
        other.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 2) });
        await rig.WhenAsync("a", MachineStatus.UpdatesDisabled, cancellationToken);
        Assert.That(rig.Info("a").Detail, Does.Contain("paused by alice").And.Contain("backup"));
        Assert.That(rig.Info("a").Pause?.Until, Is.EqualTo(rig.Clock.GetUtcNow() + TimeSpan.FromHours(2)));
        await rig.WhenAsync(() => other.Updates.Count == 1, () => rig.Info("b").Status, cancellationToken);

        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.UpdatesDisabled, cancellationToken);
        rig.Clock.Advance(TimeSpan.FromHours(1));
        Assert.That(rig.Service.Pauses.Find("a"), Is.Not.Null);
        Assert.That(paused.Updates, Is.Empty);
        await rig.WhenAsync(() => paused.Updates.Count == 1, () => rig.Info("a").Detail, cancellationToken, step: TimeSpan.FromMinutes(20));
        Assert.That(rig.Info("a").Pause, Is.Null);
    }

    [Test]
    public async Task Resume_ends_a_pause_and_a_restart_does_not_bring_it_back(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        rig.WriteList(Of("a"));
        await rig.StartAsync(cancellationToken);
        await using var client = rig.Client("alice");
        await client.CallAsync(DominatorMethods.PauseSubs, new PauseRequest { Hostnames = ["a"], Duration = TimeSpan.FromDays(30), Reason = "holiday" }, cancellationToken);
        sub.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 2) });
        await rig.WhenAsync("a", MachineStatus.UpdatesDisabled, cancellationToken);
        await client.CallAsync(DominatorMethods.ResumeSubs, new MachinesRequest { Hostnames = ["a"], Reason = "back" }, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(File.ReadAllText(rig.StateFile("controls.json")), Does.Not.Contain("holiday"));
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(400 * 24)]
    public async Task A_pause_needs_a_sensible_time_and_a_reason(int hours, CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Add("a", new ScriptedSub());
        rig.WriteList(new Machine { Hostname = "a" });
        await rig.StartAsync(cancellationToken);
        await using var client = rig.Client();
        Assert.That(() => PauseAsync(hours, "x"), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.InvalidArgument));
        Assert.That(() => PauseAsync(1, " "), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.InvalidArgument));
        Assert.That(rig.Service.Pauses.Count, Is.Zero);

        Task<ControlResponse> PauseAsync(int time, string reason) => client.CallAsync(
            DominatorMethods.PauseSubs, new PauseRequest { Hostnames = ["a"], Duration = TimeSpan.FromHours(time), Reason = reason }, cancellationToken);
    }

    [Test]
    public async Task Owners_control_their_own_machines_only_over_tls_and_everything_is_audited(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        rig.Add("b", ScriptedSub.Obedient(applied: manifest));
        rig.WriteList(Of("a") with { OwnerGroups = ["web-sre"] }, Of("b") with { OwnerUsers = ["carol"] });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        await using var port = await MasterOverTls.StartAsync(rig, cancellationToken);
        await using var member = port.Client("bob", ["web-sre"]);
        await using var admin = port.Client("root", null, "Dominator.*");

        var paused = await member.CallAsync(DominatorMethods.PauseSubs, Pause("a", "b"), cancellationToken);
        Assert.That((paused.Done.Single(), paused.Failed.Single().Hostname, paused.Failed.Single().Code), Is.EqualTo(("a", "b", RpcErrorCode.MethodNotGranted)));
        Assert.That(() => member.CallAsync(DominatorMethods.PauseSubs, Pause("b"), cancellationToken), Denied);
        Assert.That(() => member.CallAsync(DominatorMethods.ResumeSubs, Machines("b"), cancellationToken), Denied);
        Assert.That(() => member.CallAsync(DominatorMethods.RetrySubs, Machines("b"), cancellationToken), Denied);
        Assert.That(() => FastAsync(member, "b"), Denied);
        Assert.That(
            () => member.CallAsync(DominatorMethods.SetDefaultImage, new DefaultImageRequest { Reason = "x" }, cancellationToken), Denied);
        Assert.That((await member.CallAsync(DominatorMethods.RetrySubs, Machines("a"), cancellationToken)).Done, Has.Count.EqualTo(1));
        Assert.That((await admin.CallAsync(DominatorMethods.ResumeSubs, Machines("a", "b"), cancellationToken)).Done, Has.Count.EqualTo(2));
        Assert.That((await FastAsync(member, "a")).IsSynced, Is.True);
        Assert.That(port.Audit, Does.Contain("Dominator.PauseSubs").And.Contain("\"target\":\"a b\"").And.Contain("\"reason\":\"test\"").And.Contain("\"outcome\":\"MethodNotGranted\"")
            .And.Contain("Dominator.FastUpdate").And.Contain("Dominator.ResumeSubs"));

        async Task<FastUpdateProgress> FastAsync(RpcChannel client, string host)
        {
            var told = Collect(client, host, TimeSpan.Zero, cancellationToken);
            await rig.WhenAsync(() => told.IsCompleted, () => Statuses(rig), cancellationToken, step: TimeSpan.FromMilliseconds(50));
            return (await told)[^1];
        }
    }

    [Test]
    public async Task A_fast_update_does_not_wait_for_its_turn_and_counts(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Options = rig.Options with { MaxUpdating = CountOrPercent.Parse("1"), MaxFetching = 1 };
        rig.Images.Add("web/1");
        foreach (var host in new[] { "a", "b", "c" })
        {
            rig.Add(host, ScriptedSub.Obedient()).OnUpdate = (me, direction) => me.Set(s => s with { Phase = SubPhase.Swapping, RunningPlan = direction.PlanId });
        }

        rig.WriteList(Of("a"), Of("b"), Of("c"));
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => Count(rig, MachineStatus.Updating) == 1 && Count(rig, MachineStatus.WaitingForTurn) == 2, () => Statuses(rig), cancellationToken);
        var waiting = rig.Subs.Keys.First(h => rig.Status(h) == MachineStatus.WaitingForTurn);
        await using var client = rig.Client();
        var progress = Collect(client, waiting, TimeSpan.Zero, cancellationToken);
        await rig.WhenAsync(() => rig.Status(waiting) == MachineStatus.Updating, () => Statuses(rig), cancellationToken, step: TimeSpan.FromMilliseconds(50));
        var use = rig.Service.Brake.Use().Single();
        Assert.That((use.Updating, use.Waiting), Is.EqualTo((2, 1)), "it counts");

        rig.Subs[waiting].Set(s => s with
        {
            Phase = SubPhase.Idle,
            RunningPlan = default,
            Plan = ScriptedSub.Empty(s.RequiredManifest),
            AppliedManifest = s.RequiredManifest,
            LastUpdatePlan = rig.Subs[waiting].Updates[0].PlanId,
        });
        await rig.WhenAsync(() => progress.IsCompleted, () => Statuses(rig), cancellationToken, step: TimeSpan.FromMilliseconds(50));
        var told = await progress;
        Assert.That((told[^1].Status, told[^1].IsFinal, told[^1].IsSynced), Is.EqualTo(("synced", true, true)));
        Assert.That(Count(rig, MachineStatus.WaitingForTurn), Is.EqualTo(1), "it took no turn from anybody");
    }

    [TestCase("stop", "updates disabled")]
    [TestCase("pause", "updates disabled")]
    [TestCase("unsafe", "unsafe update")]
    [TestCase("halt", "image halted")]
    public async Task A_fast_update_never_passes_a_stop(string stop, string word, CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Options = rig.Options with { MaxFailures = CountOrPercent.Parse("1") };
        var manifest = rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: stop is "halt" ? null : manifest));
        rig.WriteList(Of("a"));
        sub.OnUpdate = (me, direction) => me.Set(s => s with { LastUpdatePlan = direction.PlanId, LastUpdateError = "it broke", LastUpdateErrorCode = "SwapIncomplete" });
        await rig.StartAsync(cancellationToken);
        await using var client = rig.Client();
        await rig.WhenAsync("a", stop is "halt" ? MachineStatus.UpdateFailed : MachineStatus.Synced, cancellationToken);
        if (stop == "stop")
        {
            await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "no" }, cancellationToken);
        }
        else if (stop == "pause")
        {
            await client.CallAsync(DominatorMethods.PauseSubs, Pause("a"), cancellationToken);
        }

        if (stop != "halt")
        {
            sub.Set(s => s with { AppliedManifest = default, Plan = ScriptedSub.Plan(manifest, 70, deletions: stop == "unsafe" ? 70 : 0) });
            await rig.WhenAsync(() => rig.Info("a").Status == word, () => Statuses(rig), cancellationToken);
        }

        var updates = sub.Updates.Count;
        var progress = Collect(client, "a", TimeSpan.Zero, cancellationToken);
        await rig.WhenAsync(() => progress.IsCompleted, () => Statuses(rig), cancellationToken, step: TimeSpan.FromMilliseconds(50));
        var last = (await progress)[^1];
        Assert.That((last.Status, last.IsFinal, last.IsSynced), Is.EqualTo((word, true, false)));
        Assert.That(sub.Updates, Has.Count.EqualTo(updates));
    }

    [Test]
    public async Task A_fast_update_tries_a_machine_that_does_not_answer_at_once_and_gives_up_in_time(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        sub.Fault = new RpcException(RpcStatus.Internal, "no");
        await rig.StartOneAsync(MachineStatus.PollFailed, cancellationToken);
        await using var client = rig.Client();
        var failed = Collect(client, "a", TimeSpan.FromSeconds(2), cancellationToken);
        await rig.WhenAsync(() => failed.IsCompleted, () => Statuses(rig), cancellationToken, step: TimeSpan.FromMilliseconds(50));
        var last = (await failed)[^1];
        Assert.That((last.Status, last.IsFinal, last.IsSynced, last.Elapsed >= TimeSpan.FromSeconds(2)), Is.EqualTo(("poll failed", true, false, true)));

        await rig.WhenAsync(() => sub.Polls > 6, () => "not tried", cancellationToken, step: TimeSpan.FromSeconds(30));
        sub.Fault = null;
        var works = Collect(client, "a", TimeSpan.Zero, cancellationToken);
        await rig.WhenAsync(() => works.IsCompleted, () => Statuses(rig), cancellationToken, step: TimeSpan.FromMilliseconds(20));
        Assert.That((await works)[^1].IsSynced, Is.True);
        Assert.That((await works)[^1].Elapsed, Is.LessThan(TimeSpan.FromSeconds(5)), "it would have been waited a minute");
    }

    [Test]
    public async Task A_rolled_back_image_is_shown_and_offered_again_after_retry(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        sub.OnRequired = (me, _) => me.Set(s => s with
        {
            RequiredManifest = manifest,
            RequiredReadiness = ImageReadiness.RolledBack,
            RolledBackManifest = manifest,
            RolledBackReason = "sshd did not start",
        });
        await rig.StartOneAsync(MachineStatus.RolledBack, cancellationToken);
        Assert.That(rig.Info("a").Detail, Does.Contain("sshd did not start").And.Contain("dom ctl retry a"));
        await using var client = rig.Client("alice");
        await client.CallAsync(DominatorMethods.RetrySubs, Machines("a"), cancellationToken);
        Assert.That(sub.Retries.Single(), Is.EqualTo(new RetryRequest { Manifest = manifest, Reason = "alice: test" }));
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
    }

    [Test]
    public async Task Retry_forgets_how_long_a_failure_was_to_be_waited_out(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        var obey = sub.OnUpdate;
        sub.OnUpdate = (me, direction) => me.Set(s => s with { LastUpdatePlan = direction.PlanId, LastUpdateError = "it broke", LastUpdateErrorCode = "SwapIncomplete" });
        await rig.StartOneAsync(MachineStatus.UpdateFailed, cancellationToken);
        sub.OnUpdate = obey;
        await using var client = rig.Client();
        await client.CallAsync(DominatorMethods.RetrySubs, Machines("a"), cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
    }

    [Test]
    public async Task The_default_image_goes_to_machines_without_one_must_be_sparse_and_is_durable(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var web = rig.Images.Add("web/1");
        var sparse = rig.Images.Add("base/1", ImageMode.Sparse);
        var bare = rig.Add("a", ScriptedSub.Obedient());
        rig.Add("b", ScriptedSub.Obedient(applied: web));
        rig.WriteList(new Machine { Hostname = "a" }, Of("b"));
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.ImageUndefined, cancellationToken);
        await using (var client = rig.Client("alice"))
        {
            Assert.That(() => SetAsync(client, "web/1"), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotSparse"));
            Assert.That(() => SetAsync(client, "nothing/1"), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.NotFound));
            Assert.That((await SetAsync(client, "base/1")).User, Is.EqualTo("alice"));
        }

        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That((rig.Info("a").RequiredImage, rig.Info("b").RequiredImage), Is.EqualTo(("base/1", "web/1")));
        Assert.That(bare.State.AppliedManifest, Is.EqualTo(sparse));

        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        await using (var client = rig.Client("alice"))
        {
            Assert.That((await client.CallAsync(DominatorMethods.GetDefaultImage, new NoRequest(), cancellationToken)).Image, Is.EqualTo("base/1"));
            await SetAsync(client, "");
        }

        await rig.WhenAsync("a", MachineStatus.ImageUndefined, cancellationToken);

        Task<DefaultImage> SetAsync(RpcChannel client, string image) =>
            client.CallAsync(DominatorMethods.SetDefaultImage, new DefaultImageRequest { Image = image, Reason = "test" }, cancellationToken);
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Denied => Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied);

    private static Machine Of(string host) => new() { Hostname = host, RequiredImage = "web/1" };

    private static MachinesRequest Machines(params string[] hosts) => new() { Hostnames = hosts, Reason = "test" };

    private static PauseRequest Pause(params string[] hosts) => new() { Hostnames = hosts, Duration = TimeSpan.FromHours(1), Reason = "test" };

    private static int Count(MasterRig rig, MachineStatus status) => rig.Fleet.Count()[status];

    private static string Statuses(MasterRig rig) => string.Join(", ", rig.Fleet.Machines.Select(m => $"{m.Hostname} {m.Status.Word()}"));

    private static async Task<List<FastUpdateProgress>> Collect(RpcChannel client, string host, TimeSpan timeout, CancellationToken cancellationToken) =>
        await client.StreamAsync(DominatorMethods.FastUpdate, new FastUpdateRequest { Hostnames = [host], Reason = "test", Timeout = timeout }, cancellationToken)
            .ToListAsync(cancellationToken);
}
