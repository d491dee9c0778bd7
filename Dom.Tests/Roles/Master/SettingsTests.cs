using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

/// <summary>Speeds of all subs, disruption groups, a machine list that lost too much.</summary>
[CancelAfter(60_000)]
public sealed class SettingsTests
{
    [Test]
    public async Task Speeds_reach_every_sub_with_its_next_poll_and_are_durable(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: rig.Images.Add("web/1")));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        Assert.That(sub.LastPoll?.Settings, Is.Null);
        var slow = new SubSettings { ScanSpeedPercent = 0.5 };
        await using (var port = await MasterOverTls.StartAsync(rig, cancellationToken))
        {
            await using var client = port.Client("alice", null, "Dominator.*");
            Assert.That((await client.CallAsync(DominatorMethods.ConfigureSubs, new ConfigureSubsRequest { Settings = slow, Reason = "busy" }, cancellationToken)).User, Is.EqualTo("alice"));
            await rig.WhenAsync(() => sub.LastPoll?.Settings == slow, () => $"{sub.LastPoll}", cancellationToken);
            foreach (var wrong in new[] { -1, 101, double.NaN })
            {
                Assert.That(
                    () => client.CallAsync(DominatorMethods.ConfigureSubs, new ConfigureSubsRequest { Settings = new SubSettings { NetworkSpeedPercent = wrong }, Reason = "x" }, cancellationToken),
                    Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.InvalidArgument));
            }
        }

        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(sub.LastPoll?.Settings, Is.EqualTo(slow));
        await using var reader = rig.Client("bob", []);
        Assert.That((await reader.CallAsync(DominatorMethods.GetSubsConfiguration, new NoRequest(), cancellationToken)).Reason, Is.EqualTo("busy"));
    }

    [Test]
    public async Task A_list_that_lost_too_much_is_taken_once_a_person_accepts_it(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        string[] all = ["a", "b", "c", "d"];
        foreach (var host in all)
        {
            rig.Add(host, ScriptedSub.Obedient());
        }

        rig.WriteList([.. all.Select(Of)]);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Fleet.Count()[MachineStatus.Synced] == 4, () => "not in sync", cancellationToken);
        rig.WriteList(Of("a"));
        await rig.WhenAsync(() => rig.Service.ListError.Contains("accept-machine-list", StringComparison.Ordinal), () => rig.Service.ListError, cancellationToken, step: TimeSpan.FromSeconds(1));
        Assert.That(rig.Fleet.Machines, Has.Length.EqualTo(4));
        await using var client = rig.Client("alice");
        Assert.That(() => AcceptAsync(" "), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.InvalidArgument));
        var accepted = await AcceptAsync("the site is closed");
        Assert.That((accepted.Machines, accepted.Lost), Is.EqualTo((1, 3)));
        Assert.That((rig.Fleet.Machines.Length, rig.Service.ListError), Is.EqualTo((1, "")));

        File.WriteAllText(rig.Options.MachineList, "[{");
        Assert.That(() => AcceptAsync("x"), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("BadMachineList"));
        Assert.That(rig.Fleet.Machines, Has.Length.EqualTo(1));

        Task<MachineListResponse> AcceptAsync(string reason) =>
            client.CallAsync(DominatorMethods.AcceptMachineList, new ReasonRequest { Reason = reason }, cancellationToken);
    }

    [Test]
    public async Task Of_a_disruption_group_no_more_are_disrupted_than_the_list_allows_also_after_a_restart(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartDisruptiveAsync(rig, cancellationToken);
        await rig.WhenAsync(() => Count(rig, MachineStatus.Updating) == 1 && Count(rig, MachineStatus.DisruptionRequested) == 2, () => Statuses(rig), cancellationToken);
        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => Count(rig, MachineStatus.Updating) == 1 && Count(rig, MachineStatus.DisruptionRequested) == 2, () => Statuses(rig), cancellationToken);
        foreach (var left in new[] { 1, 0 })
        {
            Finish(rig, rig.Subs.Keys.First(h => rig.Status(h) == MachineStatus.Updating));
            await rig.WhenAsync(() => Count(rig, MachineStatus.Updating) == 1 && Count(rig, MachineStatus.DisruptionRequested) == left, () => Statuses(rig), cancellationToken);
        }
    }

    [Test]
    public async Task A_person_can_force_a_disruption_which_counts_and_only_where_one_waits(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartDisruptiveAsync(rig, cancellationToken);
        await rig.WhenAsync(() => Count(rig, MachineStatus.Updating) == 1 && Count(rig, MachineStatus.DisruptionRequested) == 2, () => Statuses(rig), cancellationToken);
        var waiting = rig.Subs.Keys.First(h => rig.Status(h) == MachineStatus.DisruptionRequested);
        var running = rig.Subs.Keys.First(h => rig.Status(h) == MachineStatus.Updating);
        await using var client = rig.Client("alice");
        Assert.That(() => ForceAsync(running), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotWaiting"));
        Assert.That((await ForceAsync(waiting, running)).Failed.Single().Hostname, Is.EqualTo(running));
        await rig.WhenAsync(() => Count(rig, MachineStatus.Updating) == 2, () => Statuses(rig), cancellationToken);
        Finish(rig, running);
        await rig.WhenAsync(() => Count(rig, MachineStatus.Synced) == 1, () => Statuses(rig), cancellationToken);
        Assert.That(Count(rig, MachineStatus.DisruptionRequested), Is.EqualTo(1), "the forced one fills the group");
        Finish(rig, waiting);
        await rig.WhenAsync(() => Count(rig, MachineStatus.Updating) == 1 && Count(rig, MachineStatus.Synced) == 2, () => Statuses(rig), cancellationToken);

        Task<ControlResponse> ForceAsync(params string[] hosts) =>
            client.CallAsync(DominatorMethods.ForceDisruptiveUpdate, new MachinesRequest { Hostnames = hosts, Reason = "test" }, cancellationToken);
    }

    [TestCase(MachineTags.ForceDisruptiveUpdate, "TRUE", 2)]
    [TestCase(MachineTags.DisruptionMaximum, "2", 2)]
    [TestCase(MachineTags.DisruptionMaximum, "many", 1)]
    public async Task Tags_say_how_many_of_a_group_may_be_disrupted(string tag, string value, int expected, CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartDisruptiveAsync(rig, cancellationToken, machines: 2, tag, value);
        await rig.WhenAsync(() => Count(rig, MachineStatus.Updating) == expected && Count(rig, MachineStatus.DisruptionRequested) == 2 - expected, () => Statuses(rig), cancellationToken);
    }

    [Test]
    public async Task Another_master_on_the_same_machines_is_named(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: rig.Images.Add("web/1")));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        sub.Set(s => s with { OtherMaster = "old-master/1f" });
        await using var client = rig.Client("bob", []);
        await rig.WhenAsync(() => rig.Info("a").State?.OtherMaster == "old-master/1f", () => "not heard", cancellationToken);
        var status = await client.CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken);
        Assert.That(status.OtherMasters, Is.EqualTo(new Dictionary<string, int> { ["old-master/1f"] = 1 }));
        Assert.That(rig.Metrics, Does.Contain("dom_machines_other_master 1"));
    }

    private static Machine Of(string host) => new() { Hostname = host, RequiredImage = "web/1" };

    private static int Count(MasterRig rig, MachineStatus status) => rig.Fleet.Count()[status];

    private static string Statuses(MasterRig rig) => string.Join(", ", rig.Fleet.Machines.Select(m => $"{m.Hostname} {m.Status.Word()}"));

    /// <summary>Machines of one group whose update is of high impact and does not end by itself.</summary>
    private static async Task StartDisruptiveAsync(MasterRig rig, CancellationToken cancellationToken, int machines = 3, string? tag = null, string value = "")
    {
        rig.Options = rig.Options with { MaxUpdating = CountOrPercent.Parse("10") };
        var manifest = rig.Images.Add("web/1");
        var tags = new Dictionary<string, string> { [MachineTags.DisruptionGroup] = "db" };
        if (tag is not null)
        {
            tags[tag] = value;
        }

        for (var i = 0; i < machines; i++)
        {
            var sub = rig.Add($"m{i}", ScriptedSub.Obedient());
            sub.OnFetch = (me, _) => me.Set(s => s with { RequiredReadiness = ImageReadiness.Ready, Plan = ScriptedSub.Plan(manifest, 3) with { HighImpact = true } });
            sub.StopsIn(SubPhase.Swapping);
        }

        rig.WriteList([.. Enumerable.Range(0, machines).Select(i => Of($"m{i}") with { Tags = tags })]);
        await rig.StartAsync(cancellationToken);
    }

    private static void Finish(MasterRig rig, string host) => rig.Subs[host].Set(s => s with
    {
        Phase = SubPhase.Idle,
        RunningPlan = default,
        Plan = ScriptedSub.Empty(s.RequiredManifest),
        AppliedManifest = s.RequiredManifest,
        LastUpdatePlan = s.RunningPlan,
    });
}
