using System.Text.Json;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;
using Dom.Tests.Roles.Sub;

namespace Dom.Tests.Roles.Master;

/// <summary>One real sub over TLS and two masters that have it in their lists.</summary>
[CancelAfter(120_000)]
public sealed class TwoMastersTests
{
    [Test]
    public async Task The_second_is_told_who_holds_the_machine_and_directs_nothing(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var first = await StartMasterAsync(sub, "web/1", "one", cancellationToken);
        await WhenAsync(first, MachineStatus.Synced, cancellationToken);
        await using var second = await StartMasterAsync(sub, "web/2", "two", cancellationToken);
        await WhenAsync(second, MachineStatus.HeldByOther, cancellationToken);

        var info = second.Info("a");
        Assert.That(info.HeldBy?.Master, Is.EqualTo(Name(first)));
        Assert.That(info.Detail, Does.Contain(Name(first)).And.Contain("dom ctl take-over a"));
        await using var client = second.Client("bob", []);
        var status = await client.CallAsync(DominatorMethods.GetStatus, new SubQuery(), cancellationToken);
        Assert.That((status.Compliant, status.Deviant, status.Alive), Is.EqualTo((0, 0, 1)));
        Assert.That(status.Holders, Is.EqualTo(new Dictionary<string, int> { [Name(first)] = 1 }));
        Assert.That(second.Metrics, Does.Contain("dom_machines{status=\"held by another master\"} 1"));
        Assert.That((second.Service.Brake.TurnOf("a"), second.Service.Brake.Snapshot().Failures.Count), Is.EqualTo(((string?)null, 0)));

        File.WriteAllText(sub.Root + "/a", "drift");
        await first.WhenAsync(() => sub.Read("/a") == "web/1", () => first.Info("a").Detail, cancellationToken);
        await WhenAsync(first, MachineStatus.Synced, cancellationToken);
        Assert.That(second.Status("a"), Is.EqualTo(MachineStatus.HeldByOther));
        Assert.That(first.Info("a").State?.RequiredManifest, Is.EqualTo(first.Info("a").RequiredManifest), "the second one's image was never required");
    }

    [Test]
    public async Task A_person_takes_the_machine_over_and_the_first_master_stands_by(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var first = await StartMasterAsync(sub, "web/1", "one", cancellationToken);
        await WhenAsync(first, MachineStatus.Synced, cancellationToken);
        await using var second = await StartMasterAsync(sub, "web/2", "two", cancellationToken);
        await WhenAsync(second, MachineStatus.HeldByOther, cancellationToken);

        await using var port = await MasterOverTls.StartAsync(second, cancellationToken);
        await using (var stranger = port.Client("bob"))
        {
            Assert.That(() => TakeOverAsync(stranger), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        }

        await using var client = port.Client("alice", [], "Dominator.TakeOverSubs");
        Assert.That((await TakeOverAsync(client)).Done, Is.EqualTo(new[] { "a" }));
        await WhenAsync(second, MachineStatus.Synced, cancellationToken);
        await WhenAsync(first, MachineStatus.HeldByOther, cancellationToken);
        Assert.That(sub.Read("/a"), Is.EqualTo("web/2"));
        Assert.That(port.Audit, Does.Contain("Dominator.TakeOverSubs").And.Contain("it moves"));
        Assert.That(File.ReadAllText(sub.Root + "/.subd/audit.log"), Does.Contain("took the machine over").And.Contain("alice: it moves"));
        Assert.That(() => TakeOverAsync(client), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotHeldByOther"));

        Task<ControlResponse> TakeOverAsync(RpcClient by) =>
            by.CallAsync(DominatorMethods.TakeOverSubs, new MachinesRequest { Hostnames = ["a"], Reason = "it moves" }, cancellationToken);
    }

    [Test]
    public async Task A_master_that_is_started_again_has_its_machines_at_once(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var first = await StartMasterAsync(sub, "web/1", "one", cancellationToken);
        await WhenAsync(first, MachineStatus.Synced, cancellationToken);
        await using var second = await StartMasterAsync(sub, "web/2", "two", cancellationToken);
        await WhenAsync(second, MachineStatus.HeldByOther, cancellationToken);
        var hold = first.Info("a").State!.Hold;

        await first.StopAsync();
        first.Channels["a"] = sub.ConnectMaster("one");
        await first.StartAsync(cancellationToken);
        await first.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        Assert.That(first.Info("a").State!.Hold, Is.Not.EqualTo(hold), "what the process before may still send is refused");
        Assert.That(second.Status("a"), Is.EqualTo(MachineStatus.HeldByOther));
    }

    [Test]
    public async Task A_machine_that_leaves_the_list_of_one_master_is_the_others_at_once(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var first = await StartMasterAsync(sub, "web/1", "one", cancellationToken, "other");
        await WhenAsync(first, MachineStatus.Synced, cancellationToken);
        await using var second = await StartMasterAsync(sub, "web/2", "two", cancellationToken);
        await WhenAsync(second, MachineStatus.HeldByOther, cancellationToken);

        first.WriteList(new Machine { Hostname = "other", RequiredImage = "web/1" });
        await first.WhenAsync(() => first.Fleet.Find("a") is null, () => "it is still in the list", cancellationToken);
        await WhenAsync(second, MachineStatus.Synced, cancellationToken);
        Assert.That(sub.Read("/a"), Is.EqualTo("web/2"));
    }

    [Test]
    public async Task When_the_holder_vanishes_the_other_master_takes_over_after_its_lifetime(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        await using var vanishing = sub.ConnectMaster("three");
        var poll = new PollRequest { Master = "gone", Lifetime = TimeSpan.FromSeconds(20) };
        var held = await vanishing.CallAsync(SubdMethods.Poll, poll, cancellationToken);
        Assert.That(held.HeldBy, Is.Null);
        await using var second = await StartMasterAsync(sub, "web/2", "two", cancellationToken);
        await WhenAsync(second, MachineStatus.HeldByOther, cancellationToken);

        await WhenAsync(second, MachineStatus.Synced, cancellationToken);
        Assert.That(
            () => vanishing.CallAsync(SubdMethods.Fetch, new FetchRequest { Hold = held.Hold, Manifest = ScriptedSub.Id("x"), Servers = ["x:1"] }, cancellationToken),
            Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("HeldByOther").And.Message.Contains(Name(second)));
        Assert.That((await vanishing.CallAsync(SubdMethods.Poll, poll, cancellationToken)).HeldBy?.Master, Is.EqualTo(Name(second)));
    }

    [Test]
    public async Task A_fetch_that_runs_goes_on_under_another_holder_until_that_one_stops_it(CancellationToken cancellationToken)
    {
        await using var sub = await SubRig.StartAsync(cancellationToken);
        var released = new TaskCompletionSource();
        sub.Shelf.BeforeChunk = token => released.Task.WaitAsync(token);
        sub.Required = await sub.Shelf.AddAsync("web/1", sub.Source("image", ("/a", "web/1")));
        await sub.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle }, cancellationToken);
        await sub.FetchAsync(sub.Required, cancellationToken);
        await using var other = sub.ConnectMaster("two");
        var poll = new PollRequest { Master = "two", Required = sub.Required, TakeOver = true, Reason = "test" };
        Assert.That((await other.CallAsync(SubdMethods.Poll, poll, cancellationToken)).Phase, Is.EqualTo(SubPhase.Fetching));

        sub.Halt = true;
        Assert.That((await sub.PollAsync(cancellationToken)).HeldBy?.Master, Is.EqualTo("two"));
        Assert.That((await other.CallAsync(SubdMethods.Poll, poll with { TakeOver = false }, cancellationToken)).Phase, Is.EqualTo(SubPhase.Fetching), "one without the machine stops nothing");
        await other.CallAsync(SubdMethods.Poll, poll with { TakeOver = false, Halt = true }, cancellationToken);
        while ((await other.CallAsync(SubdMethods.Poll, poll with { TakeOver = false, Halt = true }, cancellationToken)).Phase == SubPhase.Fetching)
        {
            await Task.Yield();
        }
    }

    private static string Name(MasterRig rig) => JsonDocument.Parse(File.ReadAllText(rig.StateFile("master.json"))).RootElement.GetProperty("id").GetString()!;

    private static Task WhenAsync(MasterRig rig, MachineStatus status, CancellationToken cancellationToken) =>
        rig.WhenAsync(() => rig.Status("a") == status, () => $"'{rig.Status("a").Word()}' ({rig.Info("a").Detail}), not '{status.Word()}'", cancellationToken);

    /// <summary>A master that requires an image of one file, /a, with the image's name in it.</summary>
    private static async Task<MasterRig> StartMasterAsync(SubRig sub, string image, string user, CancellationToken cancellationToken, params string[] others)
    {
        var rig = new MasterRig { IsInRealTime = true };
        var reference = await sub.Shelf.AddAsync(image, sub.Source(user, ("/a", image)));
        rig.Images.Add(image, sub.Shelf.Get(reference.Manifest));
        rig.Options = rig.Options with { ImageServer = [HostAndPort.Parse(sub.ObjectServer.ToString(), 6971)] };
        rig.Channels["a"] = sub.ConnectMaster(user);
        foreach (var other in others)
        {
            rig.Add(other, ScriptedSub.Obedient());
        }

        rig.WriteList([.. others.Prepend("a").Select(host => new Machine { Hostname = host, RequiredImage = image })]);
        await rig.StartAsync(cancellationToken);
        return rig;
    }
}
