using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Master.Machines;
using Dom.Roles.Master.Policy;

namespace Dom.Tests.Roles.Master;

[CancelAfter(30_000)]
public sealed class WatchTests
{
    private static readonly RpcCaller Someone = new("someone", [], []);

    [Test]
    public async Task A_watcher_gets_all_machines_and_then_each_change_over_tls(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartAsync(rig, ["a", "b"], cancellationToken);
        await using var port = await MasterOverTls.StartAsync(rig, cancellationToken);
        await using var client = port.Client("bob");
        await using var pages = client.StreamAsync(DominatorMethods.WatchSubs, new WatchRequest(), cancellationToken).GetAsyncEnumerator(cancellationToken);
        var first = await NextAsync(rig, pages);
        Assert.That((first.Reset, first.IsCurrent), Is.EqualTo((true, true)));
        Assert.That(first.Subs.Select(s => (s.Hostname, s.Status)), Is.EqualTo(new[] { ("a", "synced"), ("b", "synced") }));
        Assert.That(first.Subs[0].State?.AppliedManifest.IsNone, Is.False);

        rig.Subs["b"].Set(s => s with { ServicesDown = true });
        await rig.WhenAsync("b", MachineStatus.ServicesDown, cancellationToken);
        var second = await NextAsync(rig, pages);
        Assert.That(second.Reset, Is.False);
        Assert.That(second.Generation, Is.GreaterThan(first.Generation));
        Assert.That(second.Subs.Select(s => (s.Hostname, s.Status)), Is.EqualTo(new[] { ("b", "services down") }));
    }

    [Test]
    public async Task A_slow_watcher_gets_the_newest_state_and_no_backlog(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartAsync(rig, ["a"], cancellationToken);
        await using var pages = rig.Service.Watch.FollowAsync(new WatchRequest(), Someone, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await NextAsync(rig, pages);
        for (var i = 1; i <= 5; i++)
        {
            rig.Subs["a"].Set(s => s with { ServicesDown = true, FailedServices = [$"service{i}"] });
            var word = $"service{i}";
            await rig.WhenAsync(() => rig.Info("a").Detail.Contains(word, StringComparison.Ordinal), () => rig.Info("a").Detail, cancellationToken, step: TimeSpan.FromSeconds(1));
        }

        var next = await NextAsync(rig, pages);
        Assert.That(next.Subs.Single().Detail, Does.Contain("service5"));
        var quiet = await NextAsync(rig, pages, TimeSpan.FromSeconds(31));
        Assert.That((quiet.Subs.Count, quiet.Generation, quiet.IsCurrent), Is.EqualTo((0, next.Generation, true)), "nothing of what came between is told afterwards");
    }

    [Test]
    public async Task A_watcher_that_returns_with_its_generation_gets_what_changed_meanwhile_and_after_a_restart_everything(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartAsync(rig, ["a", "b", "c"], cancellationToken);
        var known = await FirstAsync(rig, new WatchRequest(), cancellationToken);
        rig.Subs["b"].Set(s => s with { ServicesDown = true });
        await rig.WhenAsync("b", MachineStatus.ServicesDown, cancellationToken);
        rig.WriteList(Of("a"), Of("b"));
        await rig.WhenAsync(() => rig.Fleet.Changes.GoneSince(0).Contains("c"), () => rig.Service.ListError, cancellationToken, step: TimeSpan.FromSeconds(1));

        var later = await FirstAsync(rig, new WatchRequest { Epoch = known.Epoch, Generation = known.Generation }, cancellationToken);
        Assert.That(later.Reset, Is.False);
        Assert.That(later.Subs.Select(s => s.Hostname), Is.EqualTo(new[] { "b" }));
        Assert.That(later.Gone, Is.EqualTo(new[] { "c" }));

        var other = await FirstAsync(rig, new WatchRequest { Epoch = known.Epoch + 1, Generation = known.Generation }, cancellationToken);
        Assert.That((other.Reset, other.Subs.Count, other.Gone.Count), Is.EqualTo((true, 2, 0)));
        var future = await FirstAsync(rig, new WatchRequest { Epoch = known.Epoch, Generation = ulong.MaxValue }, cancellationToken);
        Assert.That((future.Reset, future.Subs.Count), Is.EqualTo((true, 2)));
    }

    [Test]
    public async Task A_machine_that_no_longer_matches_is_gone_for_the_watcher(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartAsync(rig, ["a", "b"], cancellationToken);
        var request = new WatchRequest { Query = new SubQuery { Statuses = ["synced"] }, Brief = true };
        await using var pages = rig.Service.Watch.FollowAsync(request, Someone, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var first = await NextAsync(rig, pages);
        Assert.That(first.Subs.Select(s => (s.Hostname, s.State)), Is.EqualTo(new[] { ("a", null), ((string, object?))("b", null) }));
        rig.Subs["a"].Set(s => s with { ServicesDown = true });
        await rig.WhenAsync("a", MachineStatus.ServicesDown, cancellationToken);
        var second = await NextAsync(rig, pages);
        Assert.That((second.Subs.Count, second.Gone.Single()), Is.EqualTo((0, "a")));
    }

    [Test]
    public async Task Many_machines_come_in_pages_whose_first_begins_anew(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartAsync(rig, [.. Enumerable.Range(0, 260).Select(i => $"m{i}")], cancellationToken);
        await using var pages = rig.Service.Watch.FollowAsync(new WatchRequest(), Someone, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var first = await NextAsync(rig, pages);
        var last = await NextAsync(rig, pages);
        Assert.That((first.Subs.Count, first.Reset, first.IsCurrent, first.Generation), Is.EqualTo((250, true, false, 0UL)), "cut off here, it begins from nothing");
        Assert.That((last.Subs.Count, last.Reset, last.IsCurrent), Is.EqualTo((10, false, true)));
    }

    [Test]
    public async Task A_wrong_query_and_one_watcher_too_many_are_refused_and_watchers_that_leave_make_room(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        await StartAsync(rig, ["a"], cancellationToken);
        Assert.That(
            () => FirstAsync(rig, new WatchRequest { Query = new SubQuery { Statuses = ["happy"] } }, cancellationToken),
            Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.InvalidArgument));
        var watchers = new List<IAsyncEnumerator<SubChanges>>();
        for (var i = 0; i < FleetWatch.MaxWatchers; i++)
        {
            watchers.Add(rig.Service.Watch.FollowAsync(new WatchRequest(), new RpcCaller($"user {i % 4}", [], []), cancellationToken).GetAsyncEnumerator(cancellationToken));
            await watchers[^1].MoveNextAsync();
        }

        Assert.That(() => FirstAsync(rig, new WatchRequest(), cancellationToken), Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.ResourceExhausted));
        foreach (var watcher in watchers)
        {
            await watcher.DisposeAsync();
        }

        Assert.That(rig.Service.Watch.Watchers, Is.Zero);
        Assert.That((await FirstAsync(rig, new WatchRequest(), cancellationToken)).Subs, Has.Count.EqualTo(1));
    }

    [Test]
    public void Departures_beyond_the_memory_make_earlier_watchers_begin_anew()
    {
        var changes = new FleetChanges(7);
        ulong place = 0;
        changes.Note(ref place);
        for (var i = 0; i < FleetChanges.MaxGone; i++)
        {
            changes.NoteGone($"m{i}");
        }

        Assert.That(changes.Reaches(place), Is.True);
        Assert.That(changes.GoneSince(place), Has.Count.EqualTo(FleetChanges.MaxGone));
        changes.NoteGone("last");
        Assert.That(changes.Reaches(place), Is.False);
        Assert.That(changes.Reaches(place + 1), Is.True);
    }

    private static Machine Of(string host) => new() { Hostname = host, RequiredImage = "web/1" };

    private static async Task StartAsync(MasterRig rig, string[] hosts, CancellationToken cancellationToken)
    {
        var manifest = rig.Images.Add("web/1");
        foreach (var host in hosts)
        {
            rig.Add(host, ScriptedSub.Obedient(applied: manifest));
        }

        rig.WriteList([.. hosts.Select(Of)]);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Fleet.Count()[MachineStatus.Synced] == hosts.Length, () => string.Join(", ", rig.Fleet.Count()), cancellationToken);
    }

    private static async Task<SubChanges> FirstAsync(MasterRig rig, WatchRequest request, CancellationToken cancellationToken)
    {
        await using var pages = rig.Service.Watch.FollowAsync(request, Someone, cancellationToken).GetAsyncEnumerator(cancellationToken);
        return await NextAsync(rig, pages);
    }

    /// <summary>The next page; the clock moves until it is there.</summary>
    private static async Task<SubChanges> NextAsync(MasterRig rig, IAsyncEnumerator<SubChanges> pages, TimeSpan? step = null)
    {
        var next = pages.MoveNextAsync().AsTask();
        await rig.WhenAsync(() => next.IsCompleted, () => "no page came", CancellationToken.None, step ?? TimeSpan.FromMilliseconds(100));
        Assert.That(await next, Is.True);
        return pages.Current;
    }
}
