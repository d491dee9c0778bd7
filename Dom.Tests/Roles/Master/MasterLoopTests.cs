using System.Net.Sockets;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

[CancelAfter(30_000)]
public sealed class MasterLoopTests
{
    [Test]
    public async Task An_empty_machine_is_filled_with_one_grant_and_one_direction(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var (sub, manifest) = await StartOneAsync(rig, ScriptedSub.Obedient(), cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(sub.Fetches.Single(), Is.EqualTo(new FetchRequest
        {
            Manifest = manifest,
            Servers = sub.Fetches[0].Servers,
            Lifetime = TimeSpan.FromSeconds(60),
        }));
        Assert.That(sub.Fetches[0].Servers, Is.EqualTo(new[] { "images:6971" }));
        var update = sub.Updates.Single();
        Assert.That((update.Manifest, update.Epoch, update.Changes, update.OverrideSafety), Is.EqualTo((manifest, 7UL, 3L, false)));
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.Null);
        Assert.That(rig.Info("a").Corrections, Is.Zero);
    }

    [Test]
    public async Task Drift_is_corrected_within_the_poll_and_counted(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var (sub, _) = await StartOneAsync(rig, ScriptedSub.Obedient(applied: manifest), cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(sub.Updates, Is.Empty);
        sub.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 1) });
        await rig.WhenAsync(() => sub.Updates.Count == 1 && rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken);
        Assert.That(rig.Info("a").Corrections, Is.EqualTo(1));
        Assert.That(sub.State.UpdatesDone, Is.EqualTo(1));
    }

    [Test]
    public async Task An_idle_machine_holds_one_poll_for_as_long_as_it_is_told(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var (sub, _) = await StartOneAsync(rig, ScriptedSub.Obedient(applied: manifest), cancellationToken);
        await rig.WhenAsync(() => sub.LastPoll is { Wait.TotalSeconds: > 20 }, () => $"{sub.LastPoll}", cancellationToken);
        Assert.That(sub.LastPoll?.Wait.TotalSeconds, Is.InRange(27, 30));
        Assert.That(sub.LastPoll?.Lifetime, Is.EqualTo(TimeSpan.FromSeconds(60)));
        Assert.That(sub.Polls, Is.LessThan(8));
    }

    [TestCase(RpcStatus.Unavailable, SocketError.ConnectionRefused, "connection refused")]
    [TestCase(RpcStatus.Unavailable, SocketError.HostNotFound, "DNS error")]
    [TestCase(RpcStatus.Unavailable, SocketError.HostUnreachable, "no route to host")]
    [TestCase(RpcStatus.Unavailable, SocketError.TimedOut, "connect timeout")]
    [TestCase(RpcStatus.Unavailable, SocketError.ProtocolNotSupported, "connect failed")]
    [TestCase(RpcStatus.PermissionDenied, SocketError.Success, "poll denied")]
    [TestCase(RpcStatus.Unauthenticated, SocketError.Success, "connect failed: bad certificate")]
    [TestCase(RpcStatus.Internal, SocketError.Success, "poll failed")]
    public async Task A_machine_that_cannot_be_polled_is_tried_again_with_growing_waits(RpcStatus status, SocketError socket, string word, CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = new ScriptedSub();
        var fault = new RpcException(status, "it does not work", innerException: socket == SocketError.Success ? null : new SocketException((int)socket));
        await StartOneAsync(rig, sub, cancellationToken, new BrokenChannel(() => fault, rig.Clock));
        await rig.WhenAsync(() => rig.Info("a").Status == word, () => rig.Info("a").Status, cancellationToken);
        var channel = (BrokenChannel)rig.Channels["a"];
        for (var minute = 0; minute < 10; minute++)
        {
            var before = channel.Calls;
            await rig.WhenAsync(() => channel.Calls > before, () => "it is not tried again", cancellationToken, step: TimeSpan.FromSeconds(61));
        }

        Assert.That(channel.Calls, Is.LessThan(30), "not once a second");
        Assert.That(rig.Info("a").Detail, Does.Contain("it does not work"));
    }

    [Test]
    public async Task A_machine_that_falls_silent_is_noticed_and_gets_a_new_connection(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var (sub, _) = await StartOneAsync(rig, ScriptedSub.Obedient(), cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        sub.IsSilent = true;
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.PollFailed, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(10));
        Assert.That(rig.Info("a").Detail, Does.Contain("no answer to a poll"));
        var dialled = rig.Dialled;
        sub.IsSilent = false;
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(10));
        Assert.That(dialled, Is.GreaterThan(1));
    }

    [Test]
    public async Task An_image_that_is_not_there_is_never_shown_as_compliant_and_is_picked_up_when_it_comes(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = rig.Add("a", ScriptedSub.Obedient());
        await rig.StartOneAsync(MachineStatus.ImageNotReady, cancellationToken);
        await rig.WhenAsync(() => rig.Info("a").Detail.Contains("there is no image", StringComparison.Ordinal), () => rig.Info("a").Detail, cancellationToken);
        Assert.That(sub.LastPoll?.Required, Is.Null);
        rig.Images.Add("web/1");
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));

        rig.Images.Remove("web/1");
        await rig.WhenAsync(
            () => rig.Status("a") == MachineStatus.ImageNotReady, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(10));
    }

    [Test]
    public async Task When_the_name_of_an_image_is_gone_machines_that_have_it_are_kept_equal_to_it_and_no_other_is_brought_to_it(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var has = rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        rig.Images.Remove("web/1");
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.ImageNotReady, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(10));
        Assert.That(has.LastPoll?.Required?.Manifest, Is.EqualTo(manifest), "the sub goes on comparing");
        Assert.That(rig.Metrics, Does.Contain("dom_images_not_ready 1"));

        await DriftAsync(1);
        var lacks = rig.Add("b", ScriptedSub.Obedient());
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1" }, new Machine { Hostname = "b", RequiredImage = "web/1" });
        await rig.WhenAsync(() => rig.Fleet.Find("b")?.Status == MachineStatus.ImageNotReady, () => "b is not known", cancellationToken, step: TimeSpan.FromSeconds(1));
        Assert.That((lacks.Fetches.Count, lacks.Updates.Count), Is.EqualTo((0, 0)));

        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.ImageNotReady, cancellationToken);
        await DriftAsync(2);

        rig.Images.Add("web/1");
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));

        async Task DriftAsync(int corrections)
        {
            has.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 1, number: corrections) });
            await rig.WhenAsync(
                () => has.Updates.Count == corrections && rig.Status("a") == MachineStatus.ImageNotReady, () => rig.Info("a").Detail, cancellationToken, step: TimeSpan.FromSeconds(1));
            Assert.That(rig.Info("a").Detail, Does.Contain("there is no image 'web/1'"));
        }
    }

    [Test]
    public async Task While_no_image_server_answers_what_is_known_stays_in_force(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var (sub, manifest) = await StartOneAsync(rig, ScriptedSub.Obedient(), cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        rig.Images.Fault = new RpcException(RpcStatus.Unavailable, "gone");
        await rig.WhenAsync(() => rig.Service.Servers.Report[0].Error == "gone", () => "not noticed", cancellationToken, step: TimeSpan.FromSeconds(10));
        Assert.That(rig.Status("a"), Is.EqualTo(MachineStatus.Synced));

        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(sub.LastPoll?.Required?.Manifest, Is.EqualTo(manifest), "a restart needs no image server");
    }

    [Test]
    public async Task A_machine_without_an_image_is_polled_and_left_alone(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Add("a", new ScriptedSub());
        rig.WriteList(new Machine { Hostname = "a" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.ImageUndefined, cancellationToken);
    }

    [Test]
    public async Task A_fetch_that_fails_is_tried_again_later_and_denied_directions_are_shown_as_such(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = ScriptedSub.Obedient();
        var obey = sub.OnFetch;
        sub.OnFetch = (me, _) => me.Set(s => s with { LastFetchError = "the server is full" });
        await StartOneAsync(rig, sub, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.ImageNotReady, cancellationToken);
        Assert.That(rig.Info("a").Detail, Does.Contain("the server is full"));

        sub.FetchFault = new RpcException(RpcStatus.PermissionDenied, "no grant for you");
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.FetchDenied, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));
        sub.FetchFault = null;
        sub.OnFetch = obey;
        sub.UpdateFault = new RpcException(RpcStatus.PermissionDenied, "no update for you");
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.UpdateDenied, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));
        sub.UpdateFault = null;
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task An_update_that_fails_counts_and_is_tried_again_later_and_a_changed_plan_is_not_a_failure(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = ScriptedSub.Obedient();
        var obey = sub.OnUpdate;
        var attempts = 0;
        sub.OnUpdate = (me, direction) => me.Set(s => s with
        {
            LastUpdatePlan = direction.PlanId,
            LastUpdateError = "a file changed",
            LastUpdateErrorCode = ++attempts == 1 ? "PlanChanged" : "SwapIncomplete",
            Plan = ScriptedSub.Plan(direction.Manifest, 3, number: attempts),
        });
        await StartOneAsync(rig, sub, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.UpdateFailed, cancellationToken);
        Assert.That(attempts, Is.EqualTo(2), "the changed plan was carried out at once");
        Assert.That(rig.Service.Brake.Snapshot().Failures.Single().Reason, Is.EqualTo("a file changed"));
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.Null);
        sub.OnUpdate = obey;
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(5));
        Assert.That(rig.Service.Brake.Snapshot().Failures, Is.Empty);
    }

    [Test]
    public async Task Three_machines_on_which_an_image_fails_stop_it_for_the_others(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var subs = Enumerable.Range(0, 6).Select(i => rig.Add($"m{i}", ScriptedSub.Obedient())).ToList();
        foreach (var sub in subs)
        {
            sub.OnUpdate = (me, direction) => me.Set(s => s with { LastUpdatePlan = direction.PlanId, FailedServices = ["ssh"] });
        }

        rig.WriteList([.. subs.Select((_, i) => new Machine { Hostname = $"m{i}", RequiredImage = "web/1" })]);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Fleet.Count()[MachineStatus.ImageHalted] == 3, () => string.Join(", ", rig.Fleet.Count()), cancellationToken);
        Assert.That(subs.Count(s => s.Updates.Count > 0), Is.EqualTo(3));
        Assert.That(rig.Service.Brake.Halts().Single().Image, Is.EqualTo("web/1"));
    }

    [TestCase(ImageReadiness.RolledBack, "rolled back")]
    [TestCase(ImageReadiness.WayBackFailed, "way back failed")]
    public async Task A_machine_holds_its_turn_until_it_is_healthy_and_one_that_went_back_counts_as_failed(
        ImageReadiness readiness, string status, CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Options = rig.Options with { MaxFailures = Dom.Roles.Hosting.Configuration.CountOrPercent.Parse("1") };
        var obedient = ScriptedSub.Obedient();
        var update = obedient.OnUpdate;
        obedient.OnUpdate = (me, direction) =>
        {
            update?.Invoke(me, direction);
            me.Set(s => s with { AwaitsHealth = true });
        };
        var (sub, manifest) = await StartOneAsync(rig, obedient, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.AwaitingHealth, cancellationToken);
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.EqualTo("web/1"), "in sync is not done");
        Assert.That((rig.Info("a").Status, rig.Service.Brake.Snapshot().Failures), Is.EqualTo(("awaiting health", Array.Empty<Dom.Roles.Master.State.FailureRecord>())));
        sub.Set(s => s with { Plan = ScriptedSub.Empty(manifest) with { Contested = 1 } });
        await rig.WhenAsync("a", MachineStatus.Contested, cancellationToken);
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.EqualTo("web/1"), "what somebody else changes neither ends nor fails it");

        sub.Set(s => s with { AwaitsHealth = false, AppliedManifest = default, RequiredReadiness = readiness, RolledBackManifest = manifest, RolledBackReason = "sshd did not start" });

        await rig.WhenAsync(() => rig.Info("a").Status == status, () => rig.Info("a").Status, cancellationToken);
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.Null);
        Assert.That(rig.Service.Brake.Snapshot().Failures.Single().Reason, Does.Contain("sshd did not start"));
        Assert.That(rig.Service.Brake.Halts().Single().Image, Is.EqualTo("web/1"));
        Assert.That(sub.Updates, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_machine_that_proves_itself_ends_its_turn_well(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var obedient = ScriptedSub.Obedient();
        var update = obedient.OnUpdate;
        obedient.OnUpdate = (me, direction) =>
        {
            update?.Invoke(me, direction);
            me.Set(s => s with { AwaitsHealth = true });
        };
        var (sub, _) = await StartOneAsync(rig, obedient, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.AwaitingHealth, cancellationToken);
        sub.Set(s => s with { AwaitsHealth = false });
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That((rig.Service.Brake.TurnOf("a"), rig.Service.Brake.Snapshot().Failures.Count), Is.EqualTo(((string?)null, 0)));
    }

    [Test]
    public async Task A_machine_that_vanishes_during_its_update_counts_as_updating_and_later_as_failed(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = ScriptedSub.Obedient();
        sub.StopsIn(SubPhase.Swapping);
        await StartOneAsync(rig, sub, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Updating, cancellationToken);
        sub.Fault = new RpcException(RpcStatus.Unavailable, "gone");
        sub.Set(s => s);
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.PollFailed, () => rig.Info("a").Status, cancellationToken);
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.EqualTo("web/1"));
        await rig.WhenAsync(() => rig.Service.Brake.TurnOf("a") is null, () => "the turn lasts for ever", cancellationToken, step: TimeSpan.FromSeconds(20));
        Assert.That(rig.Service.Brake.Snapshot().Failures.Single().Reason, Does.Contain("unreachable"));
    }

    [Test]
    public async Task An_update_that_does_not_end_counts_as_failed_after_its_time(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = ScriptedSub.Obedient();
        sub.StopsIn(SubPhase.Stopping);
        await StartOneAsync(rig, sub, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Updating, cancellationToken);
        await rig.WhenAsync(
            () =>
            {
                sub.Set(s => s);
                return rig.Service.Brake.TurnOf("a") is null;
            },
            () => "the turn lasts for ever",
            cancellationToken,
            step: TimeSpan.FromSeconds(60));
        Assert.That(rig.Service.Brake.Snapshot().Failures.Single().Reason, Does.Contain("30 min"));
    }

    [Test]
    public async Task Another_master_and_a_wrong_clock_are_shown(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var (sub, _) = await StartOneAsync(rig, ScriptedSub.Obedient(), cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        sub.Set(s => s with { OtherMaster = "evil/1", Time = rig.Clock.GetUtcNow() + TimeSpan.FromMinutes(3) });
        await rig.WhenAsync(() => rig.Info("a").State?.OtherMaster == "evil/1", () => "not shown", cancellationToken);
        Assert.That(rig.Info("a").ClockSkew, Is.EqualTo(TimeSpan.FromMinutes(3)));
        Assert.That(rig.Status("a"), Is.EqualTo(MachineStatus.Synced), "shown, not used");
    }

    [Test]
    public async Task The_planned_image_is_granted_once_the_machine_is_compliant(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var planned = rig.Images.Add("web/2");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        sub.Set(s => s with { PlannedReadiness = ImageReadiness.NeedsTree });
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1", PlannedImage = "web/2" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => sub.State.PlannedReadiness == ImageReadiness.Ready, () => rig.Info("a").Status, cancellationToken);
        Assert.That(sub.Fetches[^1].Manifest, Is.EqualTo(planned));
        Assert.That(sub.Updates, Has.Count.EqualTo(1), "the required image went first");
    }

    [Test]
    public async Task One_image_server_serves_so_many_machines_at_once(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Options = rig.Options with { MaxFetching = 2 };
        rig.Images.Add("web/1");
        var subs = Enumerable.Range(0, 5).Select(i => rig.Add($"m{i}", ScriptedSub.Obedient())).ToList();
        foreach (var sub in subs)
        {
            sub.OnFetch = (me, _) => me.Set(s => s with { Phase = SubPhase.Fetching });
        }

        rig.WriteList([.. subs.Select((_, i) => new Machine { Hostname = $"m{i}", RequiredImage = "web/1" })]);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Fleet.Count()[MachineStatus.WaitingToFetch] == 3 && rig.Fleet.Count()[MachineStatus.Fetching] == 2, () => string.Join(", ", rig.Fleet.Count()), cancellationToken);
        var first = subs.First(s => s.Fetches.Count > 0);
        first.Set(s => s with { Phase = SubPhase.Idle, RequiredReadiness = ImageReadiness.Ready, Plan = ScriptedSub.Empty(s.RequiredManifest), AppliedManifest = s.RequiredManifest });
        await rig.WhenAsync(() => subs.Count(s => s.Fetches.Count > 0) == 3, () => "nobody follows", cancellationToken);
        Assert.That(rig.Service.Admission.Use()["images:6971"].Reading, Is.EqualTo(2));
    }

    private static async Task<(ScriptedSub Sub, ObjectId Manifest)> StartOneAsync(
        MasterRig rig, ScriptedSub sub, CancellationToken cancellationToken, RpcChannel? channel = null)
    {
        var manifest = rig.Images.Add("web/1");
        rig.Add("a", sub);
        if (channel is not null)
        {
            rig.Channels["a"] = channel;
        }

        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1" });
        await rig.StartAsync(cancellationToken);
        return (sub, manifest);
    }
}
