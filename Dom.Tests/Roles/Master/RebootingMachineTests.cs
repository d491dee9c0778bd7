using System.Net.Sockets;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

/// <summary>What a master makes of machines that reboot, and of those that ask on the machine whether they may be disrupted.</summary>
[CancelAfter(60_000)]
public sealed class RebootingMachineTests
{
    private static readonly RpcException Away = new(RpcStatus.Unavailable, "away", innerException: new SocketException((int)SocketError.ConnectionRefused));

    [Test]
    public async Task A_machine_that_reboots_for_its_update_is_away_and_not_lost(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = await GoAwayAsync(rig, cancellationToken);
        await rig.WhenAsync(() => rig.Info("a").Detail.Contains("does not answer yet", StringComparison.Ordinal), () => rig.Info("a").Detail, cancellationToken, step: TimeSpan.FromSeconds(1));
        Assert.That((rig.Status("a"), rig.Service.Brake.TurnOf("a")), Is.EqualTo((MachineStatus.Rebooting, "web/1")));
        var begun = rig.Clock.GetUtcNow();
        await rig.WhenAsync(() => rig.Clock.GetUtcNow() - begun > TimeSpan.FromMinutes(12), () => "time stands still", cancellationToken, step: TimeSpan.FromSeconds(20));
        Assert.That((rig.Status("a"), rig.Service.Brake.TurnOf("a")), Is.EqualTo((MachineStatus.Rebooting, "web/1")), "longer than others may be unreachable");

        sub.Fault = null;
        sub.Set(s => s with { Epoch = 8, BootId = "boot 2", Reboot = RebootState.None });

        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));
        Assert.That((rig.Info("a").State!.BootId, rig.Service.Brake.TurnOf("a"), rig.Service.Brake.Snapshot().Failures.Count), Is.EqualTo(("boot 2", (string?)null, 0)));
        Assert.That(rig.Info("a").LastReboot, Is.Not.Null);
        await using var client = rig.Client();
        var kinds = new List<HistoryKind>();
        await foreach (var page in client.StreamAsync(DominatorMethods.GetHistory, new HistoryRequest { Hostname = "a" }, cancellationToken))
        {
            kinds.AddRange(page.Records.Select(static r => r.Kind));
        }

        Assert.That(kinds, Has.Exactly(1).EqualTo(HistoryKind.Rebooted).And.None.EqualTo(HistoryKind.Lost));
    }

    [Test]
    public async Task A_machine_that_does_not_come_back_from_its_reboot_counts_as_failed(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await GoAwayAsync(rig, cancellationToken);

        await rig.WhenAsync(() => rig.Service.Brake.TurnOf("a") is null, () => $"the turn lasts for ever: {rig.Info("a").Status}", cancellationToken, step: TimeSpan.FromSeconds(20));

        Assert.That(rig.Status("a").IsUnreachable(), Is.True, rig.Info("a").Status);
        Assert.That(rig.Service.Brake.Snapshot().Failures.Single().Reason, Does.Contain("unreachable for 15 min"));
    }

    [Test]
    public async Task A_machine_that_must_ask_first_keeps_neither_turn_nor_room_and_a_person_can_force_it(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        var fetch = sub.OnFetch;
        sub.OnFetch = (me, grant) =>
        {
            fetch?.Invoke(me, grant);
            me.Set(static s => s with { Plan = s.Plan! with { HighImpact = true } });
        };
        sub.UpdateFault = new RpcException(RpcStatus.Conflict, "asked now", "DisruptionRequested");
        await rig.StartOneAsync(MachineStatus.SendingUpdate, cancellationToken);
        sub.Set(s => s with { Disruption = DisruptionState.Requested, DisruptionReason = "third in line" });
        await rig.WhenAsync("a", MachineStatus.DisruptionRequested, cancellationToken);
        Assert.That((rig.Service.Brake.TurnOf("a"), rig.Info("a").Detail), Is.EqualTo(((string?)null, "third in line. To go on all the same: dom ctl force-disruptive-update a")));
        sub.Set(s => s with { Disruption = DisruptionState.Denied });
        await rig.WhenAsync("a", MachineStatus.DisruptionDenied, cancellationToken);
        var refused = sub.Updates.Count;
        sub.UpdateFault = null;

        await using var client = rig.Client("alice");
        await client.CallAsync(DominatorMethods.ForceDisruptiveUpdate, new MachinesRequest { Hostnames = ["a"], Reason = "now" }, cancellationToken);

        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));
        Assert.That((sub.Updates.Count - refused, sub.Updates[^1].ForceDisruption), Is.EqualTo((1, true)));
    }

    [Test]
    public async Task A_reboot_that_is_held_fails_the_turn_and_goes_on_when_a_person_says_so(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        var update = sub.OnUpdate;
        sub.OnUpdate = (me, direction) =>
        {
            update?.Invoke(me, direction);
            me.Set(static s => s with { Reboot = RebootState.Held, RebootReason = "it does not obey" });
        };
        await rig.StartOneAsync(MachineStatus.RebootHeld, cancellationToken);
        Assert.That((rig.Service.Brake.TurnOf("a"), rig.Info("a").Detail), Is.EqualTo(((string?)null, "it does not obey. To let it reboot: dom ctl retry a")));

        await using var client = rig.Client("alice");
        await client.CallAsync(DominatorMethods.RetrySubs, new MachinesRequest { Hostnames = ["a"], Reason = "mended" }, cancellationToken);

        Assert.That(sub.Retries.Single(), Has.Property("Reason").Contains("mended").And.Property("Manifest").Property("IsNone").True);
    }

    private static async Task<ScriptedSub> GoAwayAsync(MasterRig rig, CancellationToken cancellationToken)
    {
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        sub.Set(static s => s with { BootId = "boot 1" });
        var update = sub.OnUpdate;
        sub.OnUpdate = (me, direction) =>
        {
            update?.Invoke(me, direction);
            me.Set(static s => s with { Reboot = RebootState.Rebooting });
        };
        await rig.StartOneAsync(MachineStatus.Rebooting, cancellationToken);
        sub.Fault = Away;
        sub.Set(static s => s);
        return sub;
    }
}
