using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Master;

[CancelAfter(60_000)]
public sealed class MasterServiceTests
{
    [Test]
    public async Task An_emergency_stop_during_a_fetch_reaches_the_machine_at_once_and_nothing_follows(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        var obey = sub.OnFetch;
        sub.OnFetch = (me, _) => me.Set(s => s with { Phase = SubPhase.Fetching });
        await rig.StartOneAsync(MachineStatus.Fetching, cancellationToken);
        await using var client = rig.Client("alice");
        var state = await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "it burns" }, cancellationToken);
        Assert.That((state.Disabled, state.User, state.Reason), Is.EqualTo((true, "alice", "it burns")));
        await rig.WhenAsync(() => sub.LastPoll is { Halt: true }, () => "the machine does not hear of it", cancellationToken);
        Assert.That(File.ReadAllText(rig.StateFile("updates.json")), Does.Contain("it burns"));

        // The sub ended the fetch because of the stop.
        sub.OnFetch = obey;
        sub.Set(s => s with { Phase = SubPhase.Idle });
        await rig.WhenAsync("a", MachineStatus.UpdatesDisabled, cancellationToken);
        Assert.That(rig.Info("a").Detail, Does.Contain("alice").And.Contain("it burns"));
        Assert.That(sub.Fetches, Has.Count.EqualTo(1));

        await client.CallAsync(DominatorMethods.EnableUpdates, new ReasonRequest { Reason = "it is out" }, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(sub.LastPoll?.Halt, Is.False);
    }

    [Test]
    public async Task An_emergency_stop_during_prepare_ends_the_update_without_a_failure_and_it_is_done_later(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        var obey = sub.OnUpdate;
        sub.StopsIn(SubPhase.Preparing);
        await rig.StartOneAsync(MachineStatus.Updating, cancellationToken);
        await using var client = rig.Client();
        await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "wait" }, cancellationToken);
        await rig.WhenAsync(() => sub.LastPoll is { Halt: true }, () => "the machine does not hear of it", cancellationToken);
        sub.OnUpdate = obey;
        sub.EndHalted();
        await rig.WhenAsync("a", MachineStatus.UpdatesDisabled, cancellationToken);
        Assert.That(rig.Service.Brake.Snapshot().Failures, Is.Empty);
        await client.CallAsync(DominatorMethods.EnableUpdates, new ReasonRequest { Reason = "go on" }, cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
    }

    [Test]
    public async Task The_time_of_a_turn_stands_still_during_an_emergency_stop(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        var obey = sub.OnUpdate;
        sub.StopsIn(SubPhase.Preparing);
        await rig.StartOneAsync(MachineStatus.Updating, cancellationToken);
        await using var client = rig.Client();
        await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "wait" }, cancellationToken);
        sub.OnUpdate = obey;
        sub.EndHalted();
        await rig.WhenAsync("a", MachineStatus.UpdatesDisabled, cancellationToken);
        await PassAsync(rig.Options.UpdateTimeout * 2);
        Assert.That(rig.Service.Brake.Snapshot().Failures, Is.Empty);
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.EqualTo("web/1"), "it goes on first");
        await rig.WhenAsync(
            () => rig.Status("a") == MachineStatus.UpdatesDisabled, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));

        await client.CallAsync(DominatorMethods.EnableUpdates, new ReasonRequest { Reason = "go on" }, cancellationToken);
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));
        Assert.That(rig.Service.Brake.Snapshot().Failures, Is.Empty);

        async Task PassAsync(TimeSpan time)
        {
            var end = rig.Clock.GetUtcNow() + time;
            await rig.WhenAsync(
                () =>
                {
                    sub.Set(s => s);
                    return rig.Clock.GetUtcNow() >= end;
                },
                () => "the clock stands still",
                cancellationToken,
                step: TimeSpan.FromSeconds(20));
        }
    }

    [Test]
    public async Task A_machine_that_is_disabled_during_its_turn_gives_it_back(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        sub.StopsIn(SubPhase.Preparing);
        await rig.StartOneAsync(MachineStatus.Updating, cancellationToken);
        var machine = rig.Fleet.Find("a");
        machine?.Change(machine.Entry with { DisableUpdates = true });
        sub.EndHalted();
        await rig.WhenAsync(() => rig.Service.Brake.TurnOf("a") is null, () => "it keeps its turn", cancellationToken);
        Assert.That(rig.Service.Brake.Snapshot().Failures, Is.Empty);
    }

    [Test]
    public async Task A_restart_keeps_the_stop_the_turns_the_failures_and_what_was_cleared(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var running = rig.Add("a", ScriptedSub.Obedient());
        running.StopsIn(SubPhase.Swapping);
        var stopped = rig.Add("b", ScriptedSub.Obedient(applied: manifest));
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1" }, new Machine { Hostname = "b", RequiredImage = "web/1" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Updating, cancellationToken);
        stopped.OnUpdate = (_, _) => { };
        stopped.Set(s => s with { BegunManifest = ScriptedSub.Id("another"), Plan = ScriptedSub.Plan(manifest, 80, deletions: 80) });
        await rig.WhenAsync("b", MachineStatus.UnsafeUpdate, cancellationToken);
        await using (var client = rig.Client())
        {
            await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "night" }, cancellationToken);
            await client.CallAsync(DominatorMethods.ClearSafetyShutoff, new ClearSafetyStopRequest { Hostname = "b", Reason = "meant" }, cancellationToken);
        }

        var name = running.LastPoll?.Master;
        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        Assert.That(rig.Service.Stop.State.Reason, Is.EqualTo("night"));
        Assert.That(File.ReadAllText(rig.StateFile("master.json")), Does.Contain(name), "to subs it is the same master");
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.EqualTo("web/1"));
        Assert.That(rig.Service.Clears.Find("b", stopped.State.Plan!.Id), Is.Not.Null);
        await rig.WhenAsync("b", MachineStatus.UpdatesDisabled, cancellationToken);
        Assert.That(stopped.Updates, Is.Empty);
        await using (var client = rig.Client())
        {
            await client.CallAsync(DominatorMethods.EnableUpdates, new ReasonRequest { Reason = "day" }, cancellationToken);
        }

        await rig.WhenAsync(() => stopped.Updates.Count == 1, () => rig.Info("b").Status, cancellationToken);
        Assert.That(stopped.Updates[0].OverrideSafety, Is.True);
        Assert.That(stopped.Updates[0].OverrideReason, Is.EqualTo("admin: meant"));
        running.Set(s => s with { Phase = SubPhase.Idle, RunningPlan = default, Plan = ScriptedSub.Empty(manifest), AppliedManifest = manifest });
        await rig.WhenAsync(() => rig.Service.Brake.TurnOf("a") is null, () => "the turn did not end", cancellationToken);
    }

    [Test]
    public async Task What_a_killed_master_leaves_on_disk_is_enough_for_the_next_one(CancellationToken cancellationToken)
    {
        await using var killed = new MasterRig();
        killed.Images.Add("web/1");
        for (var i = 0; i < 3; i++)
        {
            killed.Add($"m{i}", ScriptedSub.Obedient()).OnUpdate = (me, direction) => me.Set(s => s with { Phase = SubPhase.Swapping, RunningPlan = direction.PlanId });
        }

        var list = Enumerable.Range(0, 3).Select(i => new Machine { Hostname = $"m{i}", RequiredImage = "web/1" }).ToArray();
        killed.WriteList(list);
        await killed.StartAsync(cancellationToken);
        await killed.WhenAsync(() => killed.Fleet.Count()[MachineStatus.Updating] == 1, () => string.Join(", ", killed.Fleet.Count()), cancellationToken);
        var updating = killed.Fleet.Machines.Single(m => m.Status == MachineStatus.Updating).Hostname;

        // What is on disk at this moment is what a kill leaves.
        await using var next = new MasterRig();
        Directory.CreateDirectory(next.Options.StateDirectory);
        foreach (var file in Directory.GetFiles(killed.Options.StateDirectory))
        {
            File.Copy(file, next.StateFile(Path.GetFileName(file)));
        }

        next.Images.Add("web/1");
        var subs = list.Select(m => next.Add(m.Hostname, ScriptedSub.Obedient())).ToList();
        next.Subs[updating].Fault = new RpcException(RpcStatus.Unavailable, "still swapping");
        next.WriteList(list);
        await next.StartAsync(cancellationToken);
        Assert.That(next.Service.Brake.TurnOf(updating), Is.EqualTo("web/1"));
        await next.WhenAsync(() => next.Fleet.Count()[MachineStatus.WaitingForTurn] == 2, () => string.Join(", ", next.Fleet.Count()), cancellationToken);
        next.Clock.Advance(TimeSpan.FromSeconds(60));
        await next.WhenAsync(() => next.Service.Brake.Use()[0].IsOpen, () => "closed", cancellationToken);
        Assert.That(subs.Sum(s => s.Updates.Count), Is.Zero, "the machine not heard from counts as updating");
        next.Subs[updating].Fault = null;
        await next.WhenAsync(
            () => next.Fleet.Count()[MachineStatus.Synced] == 3, () => string.Join(", ", next.Fleet.Count()), cancellationToken, step: TimeSpan.FromSeconds(1));
    }

    [Test]
    public async Task After_a_restart_no_machine_takes_a_turn_before_enough_have_answered(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var silent = new RpcException(RpcStatus.Unavailable, "gone");
        for (var i = 0; i < 10; i++)
        {
            rig.Add($"m{i}", ScriptedSub.Obedient()).Fault = i == 0 ? silent : null;
        }

        rig.WriteList([.. Enumerable.Range(0, 10).Select(i => new Machine { Hostname = $"m{i}", RequiredImage = "web/1" })]);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Fleet.Count()[MachineStatus.WaitingForTurn] == 9, () => string.Join(", ", rig.Fleet.Count()), cancellationToken);
        Assert.That(rig.Info("m5").Detail, Does.Contain("just started"));
        await rig.WhenAsync(
            () => rig.Fleet.Count()[MachineStatus.Synced] == 9, () => string.Join(", ", rig.Fleet.Count()), cancellationToken, step: TimeSpan.FromSeconds(10));
        Assert.That(rig.Status("m0").IsUnreachable(), Is.True);
    }

    [Test]
    public async Task Machines_come_go_and_change_with_the_list(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var one = rig.Images.Add("web/1");
        var two = rig.Images.Add("web/2");
        var a = rig.Add("a", ScriptedSub.Obedient(applied: one));
        var b = rig.Add("b", ScriptedSub.Obedient(applied: one));
        var c = rig.Add("c", ScriptedSub.Obedient(applied: one));
        Machine Of(string host, string image) => new() { Hostname = host, RequiredImage = image };
        rig.WriteList(Of("a", "web/1"), Of("b", "web/1"));
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("b", MachineStatus.Synced, cancellationToken);
        var untouched = rig.Fleet.Find("b");

        rig.WriteList(Of("a", "web/2"), Of("b", "web/1"), Of("c", "web/1"));
        await rig.WhenAsync(() => rig.Fleet.Machines.Length == 3, () => rig.Service.ListError, cancellationToken, step: TimeSpan.FromSeconds(1));
        await rig.WhenAsync(() => a.State.AppliedManifest == two, () => rig.Info("a").Status, cancellationToken);
        await rig.WhenAsync("c", MachineStatus.Synced, cancellationToken);
        Assert.That(rig.Fleet.Find("b"), Is.SameAs(untouched));

        rig.WriteList(Of("a", "web/2"), Of("b", "web/1") with { DisableUpdates = true });
        await rig.WhenAsync(() => rig.Fleet.Find("c") is null, () => rig.Service.ListError, cancellationToken, step: TimeSpan.FromSeconds(1));
        await rig.WhenAsync(() => b.LastPoll is { Halt: true }, () => "b is not told", cancellationToken);
        b.Set(s => s with { Plan = ScriptedSub.Plan(one, 1) });
        await rig.WhenAsync("b", MachineStatus.UpdatesDisabled, cancellationToken);
        Assert.That(b.Updates, Is.Empty);
        var polls = c.Polls;
        rig.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.That(c.Polls, Is.EqualTo(polls), "a machine that left the list is left alone");
    }

    [Test]
    public async Task A_broken_list_and_a_restart_with_one_take_no_machine_away(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Add("a", ScriptedSub.Obedient(applied: rig.Images.Add("web/1")));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        File.WriteAllText(rig.Options.MachineList, "[{\"Hostname\":");
        await rig.WhenAsync(() => rig.Service.ListError.Length > 0, () => "not noticed", cancellationToken, step: TimeSpan.FromSeconds(1));
        Assert.That(rig.Fleet.Machines, Has.Length.EqualTo(1));
        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        Assert.That(rig.Service.ListError, Is.Not.Empty);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
    }

    [Test]
    public async Task Two_masters_cannot_share_a_state_directory(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.WriteList();
        await rig.StartAsync(cancellationToken);
        await using var second = new MasterRig();
        second.Options = second.Options with { StateDirectory = rig.Options.StateDirectory };
        Assert.That(() => second.StartAsync(cancellationToken), Throws.TypeOf<IOException>().With.Message.Contains("another master"));
    }

    [Test]
    public async Task A_thousand_machines_converge_with_never_more_than_five_percent_updating(CancellationToken cancellationToken)
    {
        var count = Counts.Of(1_000, 10_000);
        await using var rig = new MasterRig();
        rig.Options = rig.Options with { MaxUpdating = CountOrPercent.Percent(5) };
        rig.Images.Add("web/1");
        int updating = 0, most = 0;
        for (var i = 0; i < count; i++)
        {
            var sub = rig.Add($"m{i}", ScriptedSub.Obedient());
            var obey = sub.OnUpdate;
            sub.OnUpdate = (me, direction) =>
            {
                var now = Interlocked.Increment(ref updating);
                for (var seen = Volatile.Read(ref most); now > seen; seen = Volatile.Read(ref most))
                {
                    Interlocked.CompareExchange(ref most, now, seen);
                }

                me.Set(s => s with { Phase = SubPhase.Swapping, RunningPlan = direction.PlanId });
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    Interlocked.Decrement(ref updating);
                    me.Set(s => s with { Phase = SubPhase.Idle, RunningPlan = default });
                    obey?.Invoke(me, direction);
                });
            };
        }

        rig.WriteList([.. Enumerable.Range(0, count).Select(i => new Machine { Hostname = $"m{i}", RequiredImage = "web/1" })]);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Fleet.Count()[MachineStatus.Synced] == count, () => string.Join(", ", rig.Fleet.Count().Where(c => c.Value > 0)), cancellationToken);
        Assert.That(most, Is.LessThanOrEqualTo(count / 20));
        Assert.That(rig.Service.Brake.Snapshot().Turns, Is.Empty);
    }
}
