using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

[CancelAfter(60_000)]
public sealed class MasterOwnersAndQueriesTests
{
    [Test]
    public async Task Owners_may_do_to_their_machines_what_others_need_the_method_for(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var manifest = rig.Images.Add("web/1");
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: manifest));
        sub.Pages = [new PlanPage { Summary = ScriptedSub.Plan(manifest, 80, deletions: 80) }];
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1", OwnerUsers = ["alice"], OwnerGroups = ["web-sre"] });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        sub.Set(s => s with { AppliedManifest = default, Plan = ScriptedSub.Plan(manifest, 80, deletions: 80) });
        await rig.WhenAsync("a", MachineStatus.UnsafeUpdate, cancellationToken);

        await using var stranger = rig.Client("eve", methods: []);
        await using var owner = rig.Client("alice", methods: []);
        await using var member = rig.Client("bob", methods: [], groups: ["web-sre"]);
        await using var admin = rig.Client("root", methods: ["Dominator.*"]);
        Assert.That(() => PlanAsync(stranger), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        Assert.That(() => ClearAsync(stranger), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        Assert.That(await PlanAsync(owner), Is.EqualTo(80));
        Assert.That(await PlanAsync(member), Is.EqualTo(80));
        Assert.That(await PlanAsync(admin), Is.EqualTo(80));
        var plan = sub.State.Plan!.Id;
        Assert.That((await ClearAsync(member)).PlanId, Is.EqualTo(plan));
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(() => ClearAsync(owner), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotStopped"));
        Assert.That(
            async () => await stranger.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "x" }, cancellationToken),
            Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        Assert.That(
            async () => await admin.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = " " }, cancellationToken),
            Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.InvalidArgument));

        async Task<int?> PlanAsync(RpcChannel client)
        {
            await foreach (var page in client.StreamAsync(DominatorMethods.GetSubPlan, new SubPlanRequest { Hostname = "a" }, cancellationToken))
            {
                return page.Summary?.Steps;
            }

            return null;
        }

        async Task<ClearSafetyStopResponse> ClearAsync(RpcChannel client) => await client.CallAsync(
            DominatorMethods.ClearSafetyShutoff, new ClearSafetyStopRequest { Hostname = "a", Reason = "meant" }, cancellationToken);
    }

    [Test]
    public async Task Queries_choose_by_name_status_location_and_tags(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var one = rig.Images.Add("web/1");
        foreach (var host in new[] { "w1", "w2", "w10" })
        {
            rig.Add(host, ScriptedSub.Obedient(applied: one));
        }

        rig.WriteList(
            new Machine { Hostname = "w1", RequiredImage = "web/1", Location = "SJC/rack1" },
            new Machine { Hostname = "w2", RequiredImage = "web/1", Location = "SJC/rack10", Tags = new Dictionary<string, string> { ["Type"] = "x" } },
            new Machine { Hostname = "w10", Location = "SJC/rack1/u7" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("w1", MachineStatus.Synced, cancellationToken);
        await rig.WhenAsync("w2", MachineStatus.Synced, cancellationToken);
        await rig.WhenAsync("w10", MachineStatus.ImageUndefined, cancellationToken);
        await using var client = rig.Client("anybody", methods: []);
        Assert.That(await ListAsync(new SubQuery()), Is.EqualTo(new[] { "w1", "w2", "w10" }));
        Assert.That(await ListAsync(new SubQuery { Locations = ["SJC/rack1"] }), Is.EqualTo(new[] { "w1", "w10" }));
        Assert.That(await ListAsync(new SubQuery { Statuses = ["synced"] }), Is.EqualTo(new[] { "w1", "w2" }));
        Assert.That(await ListAsync(new SubQuery { Tags = new Dictionary<string, string> { ["Type"] = "x" } }), Is.EqualTo(new[] { "w2" }));
        Assert.That(await ListAsync(new SubQuery { Hostnames = ["w10", "zz"] }), Is.EqualTo(new[] { "w10" }));
        Assert.That(() => ListAsync(new SubQuery { Statuses = ["synched"] }), Throws.TypeOf<RpcException>().With.Message.Contains("synced"));
        var status = await client.CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken);
        Assert.That((status.Machines, status.Alive, status.Compliant, status.Deviant), Is.EqualTo((3, 3, 2, 1)));
        Assert.That(status.ByStatus.Values.Sum(), Is.EqualTo(3));

        async Task<List<string>> ListAsync(SubQuery query)
        {
            var names = new List<string>();
            await foreach (var page in client.StreamAsync(DominatorMethods.ListSubs, query, cancellationToken))
            {
                names.AddRange(page.Hostnames);
            }

            return names;
        }
    }
}
