using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master.Records;

[CancelAfter(60_000)]
public sealed class HistoryTests
{
    [Test]
    public async Task Everything_that_happens_to_a_machine_is_kept_over_a_restart(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        rig.Images.Add("web/2");
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        sub.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 7) });
        await rig.WhenAsync(() => sub.Updates.Count == 1 && rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken);
        sub.Fault = new RpcException(RpcStatus.Unavailable, "the cable is out");
        sub.Set(s => s);
        await rig.WhenAsync("a", MachineStatus.PollFailed, cancellationToken);
        sub.Fault = null;
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));
        rig.WriteList(Of("web/2"));
        await rig.WhenAsync(
            () => sub.Updates.Count == 2 && rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken, step: TimeSpan.FromSeconds(1));
        await using (var client = rig.Client("alice"))
        {
            await client.CallAsync(
                DominatorMethods.PauseSubs, new PauseRequest { Hostnames = ["a"], Duration = TimeSpan.FromHours(1), Reason = "backup" }, cancellationToken);
            await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "it burns" }, cancellationToken);
        }

        await rig.StopAsync();
        await rig.StartAsync(cancellationToken);
        await using var port = await MasterOverTls.StartAsync(rig, cancellationToken);
        await using var reader = port.Client("bob");
        var records = await ReadAsync(reader, new HistoryRequest { Hostname = "a" }, cancellationToken);
        Assert.That(records.Select(Describe), Is.EqualTo(new[]
        {
            "Deviation 7 steps", "UpdateBegun correction", "UpdateEnded correction done", "Deviation 0 steps", "Lost POLL", "Answers", "Required web/2",
            "Deviation 3 steps", "UpdateBegun update", "UpdateEnded update done", "Deviation 0 steps", "Control pause alice backup",
        }));
        var fleet = await ReadAsync(reader, new HistoryRequest(), cancellationToken);
        Assert.That(fleet.Select(Describe), Is.EqualTo(new[] { "Control disable-updates alice it burns" }));
        Assert.That(await ReadAsync(reader, new HistoryRequest { Hostname = "a", Since = rig.Clock.GetUtcNow() + TimeSpan.FromSeconds(1) }, cancellationToken), Is.Empty);
        rig.Clock.Advance(TimeSpan.FromSeconds(10));
        Assert.That(await ReadAsync(reader, new HistoryRequest { Hostname = "a", Last = TimeSpan.FromSeconds(9) }, cancellationToken), Is.Empty);
        Assert.That(await ReadAsync(reader, new HistoryRequest { Hostname = "a", Last = TimeSpan.FromHours(9) }, cancellationToken), Has.Count.EqualTo(12));
        Assert.That(() => ReadAsync(reader, new HistoryRequest { Hostname = "nobody" }, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.NotFound));
        Assert.That(
            () => ReadAsync(reader, new HistoryRequest { Hostname = "../controls" }, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.InvalidArgument));
    }

    [Test]
    public async Task A_disk_that_takes_no_records_holds_nothing_up_and_the_loss_is_counted(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        Directory.CreateDirectory(rig.StateFile("history/a.jsonl"));
        sub.Set(s => s with { Plan = ScriptedSub.Plan(manifest, 7) });
        await rig.WhenAsync(() => sub.Updates.Count == 1 && rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Status, cancellationToken);
        await rig.WhenAsync(() => rig.Metrics.Contains("dom_history_dropped_total 4", StringComparison.Ordinal), () => rig.Metrics, cancellationToken);
    }

    private static Machine Of(string image) => new() { Hostname = "a", RequiredImage = image };

    private static string Describe(HistoryRecord record) => record.Kind switch
    {
        HistoryKind.Deviation => $"Deviation {record.Steps} steps",
        HistoryKind.UpdateBegun => $"UpdateBegun {(record.IsDrift ? "correction" : "update")}",
        HistoryKind.UpdateEnded => $"UpdateEnded {(record.IsDrift ? "correction" : "update")} {record.Outcome}",
        HistoryKind.Lost => record.Text.Contains("the cable is out", StringComparison.Ordinal) ? "Lost POLL" : $"Lost {record.Text}",
        HistoryKind.Required => $"Required {record.Image}",
        HistoryKind.Control => $"Control {record.Outcome} {record.User} {record.Text}",
        _ => record.Kind.ToString(),
    };

    private static async Task<List<HistoryRecord>> ReadAsync(RpcChannel client, HistoryRequest request, CancellationToken cancellationToken) =>
        await client.StreamAsync(DominatorMethods.GetHistory, request, cancellationToken).SelectMany(p => p.Records).ToListAsync(cancellationToken);
}
