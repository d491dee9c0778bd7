using Dom.Core.Contracts.Subd;
using Dom.Roles.Sub;

namespace Dom.Tests.Roles.Sub;

/// <summary>What a fetch brings is never taken for what nobody needs. The test is the cleaner: it holds what the cleaner holds while it removes objects.</summary>
[CancelAfter(60_000)]
public sealed class StoreCleaningTests
{
    [Test]
    public async Task A_fetch_waits_for_the_cleaner_to_give_way_and_looks_anew_at_what_is_left(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a")));
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle }, cancellationToken);
        var cleaning = rig.Sub.Parts.Stores.TryClean()!;

        var fetching = rig.FetchAsync(rig.Required, cancellationToken);
        await cleaning.WhenWanted.WaitAsync(cancellationToken);
        Assert.That(fetching.IsCompleted, Is.False);
        Assert.That(rig.Shelf.Sent, Is.Zero, "nothing is fetched while objects are removed");

        cleaning.Dispose();
        Assert.That((await fetching).Started, Is.True);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/a"), Is.EqualTo("a"));
    }

    [Test]
    public async Task The_cleaner_does_not_begin_while_something_is_fetched(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a")));
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle }, cancellationToken);
        var reached = new TaskCompletionSource();
        var go = new TaskCompletionSource();
        rig.Shelf.BeforeChunk = token =>
        {
            reached.TrySetResult();
            return go.Task.WaitAsync(token);
        };

        await rig.FetchAsync(rig.Required, cancellationToken);
        await reached.Task.WaitAsync(cancellationToken);
        Assert.That(rig.Sub.Parts.Stores.TryClean(), Is.Null);

        go.SetResult();
        await rig.ConvergeAsync(cancellationToken);
    }

    [Test]
    public async Task An_update_whose_objects_were_just_removed_is_refused_and_not_begun(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "content of a")));
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle }, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken);
        var state = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.Ready, Phase: SubPhase.Idle }, cancellationToken);
        var cleaning = rig.Sub.Parts.Stores.TryClean()!;

        var updating = rig.UpdateAsync(state, cancellationToken);
        await cleaning.WhenWanted.WaitAsync(cancellationToken);
        rig.Sub.Parts.Directory.Objects.Remove(rig.Id("content of a"));
        cleaning.Dispose();

        Assert.That(async () => await updating, Throws.TypeOf<Dom.Core.Rpc.RpcException>().With.Property("Code").EqualTo("NotReady"));
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/a"), Is.EqualTo("content of a"));
    }

    [Test]
    public async Task Cleaning_and_use_exclude_each_other(CancellationToken cancellationToken)
    {
        var gate = new StoreGate();
        var first = await gate.UseAsync(cancellationToken);
        var second = await gate.UseAsync(cancellationToken);
        Assert.That((first.Waited, gate.TryClean()), Is.EqualTo((false, (StoreGate.Cleaning?)null)));
        first.Dispose();
        first.Dispose();
        Assert.That(gate.TryClean(), Is.Null, "one use that ends twice ends once");
        second.Dispose();

        var cleaning = gate.TryClean()!;
        Assert.That((gate.TryClean(), cleaning.IsWanted), Is.EqualTo(((StoreGate.Cleaning?)null, false)));
        using var givesUp = new CancellationTokenSource();
        var given = gate.UseAsync(givesUp.Token);
        Assert.That((given.IsCompleted, cleaning.IsWanted), Is.EqualTo((false, true)));
        await givesUp.CancelAsync();
        Assert.That(async () => await given, Throws.InstanceOf<OperationCanceledException>());
        var third = gate.UseAsync(cancellationToken);
        cleaning.Dispose();
        using (var use = await third)
        {
            Assert.That(use.Waited, Is.True);
        }

        Assert.That(gate.TryClean(), Is.Not.Null, "the use that was given up does not count");
    }

    [Test]
    public async Task The_tree_of_an_image_somebody_looked_at_stays_for_a_while_and_goes_when_it_is_told_to(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/a", "a")));
        await rig.ConvergeAsync(cancellationToken);
        rig.Planned = await rig.Shelf.AddAsync("test/2", rig.Source("other", ("/b", "b")));
        var looked = rig.Planned.Manifest;
        await rig.PollUntilAsync(s => s is { PlannedReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle }, cancellationToken);
        await rig.FetchAsync(rig.Planned, cancellationToken);
        await rig.PollUntilAsync(s => s is { PlannedReadiness: not (ImageReadiness.NeedsTree or ImageReadiness.Comparing), Phase: SubPhase.Idle }, cancellationToken);
        rig.Planned = null;
        await rig.PollUntilAsync(s => s is { PlannedReadiness: ImageReadiness.None, RequiredReadiness: ImageReadiness.Ready, Plan.IsCompliant: true, Phase: SubPhase.Idle }, cancellationToken);
        var (parts, cleaner) = (rig.Sub.Parts, new StoreCleaner(rig.Sub.Parts, rig.Sub.Convergence, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance));
        while (!parts.Library.Recent.Contains(looked))
        {
            await Task.Delay(10, cancellationToken);
        }

        cleaner.CleanIfSettled();
        Assert.That(parts.Directory.Trees.GetSize(looked), Is.Positive);

        Assert.That(cleaner.Clean(countOnly: false).Blocks, Is.Positive);
        Assert.That(parts.Directory.Trees.GetSize(looked), Is.Negative);
    }
}
