using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

[CancelAfter(30_000)]
public sealed class UnwritableStateTests
{
    private const string BrakeInTheWay = "brake.json~";
    private const string SafetyInTheWay = "safety-clears.json~";

    [Test]
    public async Task A_turn_that_cannot_be_written_down_is_not_used_and_taken_once_it_can(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        Obstruct(rig, BrakeInTheWay);
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Info("a").Detail.Contains("cannot write down its turn", StringComparison.Ordinal), () => rig.Info("a").Detail, cancellationToken);
        Assert.That(sub.Updates, Is.Empty);
        Assert.That(rig.Service.Brake.TurnOf("a"), Is.Null);
        Assert.That(rig.Service.NotReady().Select(r => r.What), Has.Some.Contains("cannot be saved"));

        Free(rig, BrakeInTheWay);
        await rig.WhenAsync(() => rig.Status("a") == MachineStatus.Synced, () => rig.Info("a").Detail, cancellationToken, step: TimeSpan.FromSeconds(5));
        Assert.That(rig.Service.Brake.Snapshot().Failures, Is.Empty);
        await rig.WhenAsync(() => rig.Service.NotReady().Count == 0, () => string.Join("; ", rig.Service.NotReady()), cancellationToken, step: TimeSpan.FromSeconds(5));
    }

    [Test]
    public async Task A_failure_that_cannot_be_written_down_is_shown_and_written_once_it_can(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient());
        sub.OnUpdate = (me, direction) =>
        {
            Obstruct(rig, BrakeInTheWay);
            me.Set(s => s with { LastUpdatePlan = direction.PlanId, LastUpdateError = "a file changed", LastUpdateErrorCode = "SwapIncomplete" });
        };
        await rig.StartOneAsync(MachineStatus.UpdateFailed, cancellationToken);
        await rig.WhenAsync(() => rig.Service.NotReady().Count > 0, () => "it is not shown", cancellationToken);
        Assert.That(await OnDiskAsync(), Does.Not.Contain("a file changed"));

        sub.OnUpdate = null;
        Free(rig, BrakeInTheWay);
        await rig.WhenAsync(() => rig.Service.NotReady().Count == 0, () => string.Join("; ", rig.Service.NotReady()), cancellationToken, step: TimeSpan.FromSeconds(1));
        Assert.That(await OnDiskAsync(), Does.Contain("a file changed"));

        Task<string> OnDiskAsync() => File.ReadAllTextAsync(rig.StateFile("brake.json"), cancellationToken);
    }

    [Test]
    public async Task A_safety_stop_whose_clear_cannot_be_saved_holds(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        await rig.StartOneAsync(MachineStatus.Synced, cancellationToken);
        sub.Set(s => s with { AppliedManifest = default, Plan = ScriptedSub.Plan(manifest, 80, deletions: 80) });
        await rig.WhenAsync("a", MachineStatus.UnsafeUpdate, cancellationToken);
        Obstruct(rig, SafetyInTheWay);
        await using var client = rig.Client();
        Assert.That(ClearAsync, Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotDurable").And.Message.Contains("still holds a"));
        Assert.That(rig.Service.Clears.Snapshot().Clears, Is.Empty);
        sub.Set(s => s);
        await rig.WhenAsync("a", MachineStatus.UnsafeUpdate, cancellationToken);
        Assert.That(sub.Updates, Is.Empty);

        Free(rig, SafetyInTheWay);
        await ClearAsync();
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(sub.Updates, Has.Count.EqualTo(1));

        Task<ClearSafetyStopResponse> ClearAsync() => client.CallAsync(
            DominatorMethods.ClearSafetyShutoff, new ClearSafetyStopRequest { Hostname = "a", Reason = "meant" }, cancellationToken);
    }

    [Test]
    public async Task An_image_whose_halt_cannot_be_cleared_on_disk_stays_stopped(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        foreach (var host in new[] { "a", "b", "c" })
        {
            rig.Add(host, ScriptedSub.Obedient()).OnUpdate = (me, direction) => me.Set(s => s with { LastUpdatePlan = direction.PlanId, FailedServices = ["ssh"] });
        }

        rig.WriteList([.. rig.Subs.Keys.Select(h => new Machine { Hostname = h, RequiredImage = "web/1" })]);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(
            () => File.Exists(rig.StateFile("brake.json")) && File.ReadAllText(rig.StateFile("brake.json")).Contains("3 machines failed", StringComparison.Ordinal),
            () => "the halt is not written down",
            cancellationToken);
        Obstruct(rig, BrakeInTheWay);
        await using var client = rig.Client();
        Assert.That(ClearAsync, Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotDurable").And.Message.Contains("stays stopped"));
        Assert.That(rig.Service.Brake.Halts(), Has.Count.EqualTo(1));
        Assert.That(rig.Service.Brake.Snapshot(), Has.Property("Halts").Count.EqualTo(1).And.Property("Failures").Count.EqualTo(3));

        Free(rig, BrakeInTheWay);
        Assert.That((await ClearAsync()).HaltedImages, Is.Empty);
        Assert.That(rig.Service.Brake.Snapshot().Failures, Is.Empty);

        Task<MasterStatus> ClearAsync() =>
            client.CallAsync(DominatorMethods.ClearHalt, new ClearHaltRequest { Image = "web/1", Reason = "fixed" }, cancellationToken);
    }

    /// <summary>Puts a directory with something in it where the new file is written, which stops root too.</summary>
    private static void Obstruct(MasterRig rig, string name) => Directory.CreateDirectory(Path.Combine(rig.StateFile(name), "in the way"));

    private static void Free(MasterRig rig, string name) => Directory.Delete(rig.StateFile(name), recursive: true);
}
