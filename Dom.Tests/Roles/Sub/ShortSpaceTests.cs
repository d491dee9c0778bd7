using Dom.Core.Contracts.Subd;
using Dom.Roles.Sub;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Sub;

/// <summary>Room that is missing is looked for again, although nothing of the managed tree changes when it is made.</summary>
[CancelAfter(60_000)]
public sealed class ShortSpaceTests
{
    [Test]
    public async Task Room_that_is_made_outside_the_scope_is_noticed_within_a_minute(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken, directory => RamFileSystem.MountSmall(directory, 16));
        var filler = rig.Root + "/tmp/below/filler";
        Directory.CreateDirectory(rig.Root + "/tmp/below");
        await File.WriteAllBytesAsync(filler, new byte[12 << 20], cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", ("/tmp/placeholder", ""), ("/big", new string('b', 4 << 20))));
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle }, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken, FetchScope.Tree);
        var shortOf = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.InsufficientSpace, Phase: SubPhase.Idle }, cancellationToken);
        Assert.That(shortOf.Plan!.BytesToFetch, Is.EqualTo(4 << 20));

        // The clock of this housekeeping is the test's; the sub's own stands still for the minute the test does not wait.
        var time = new FakeTimeProvider();
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (parts, convergence) = (rig.Sub.Parts, rig.Sub.Convergence);
        var housekeeping = new Housekeeping(parts, convergence, new StoreCleaner(parts, convergence, NullLogger.Instance), time).RunAsync(end.Token);
        await time.WhenTimersAsync(1, cancellationToken);
        File.Delete(filler);
        time.Advance(TimeSpan.FromSeconds(61));

        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsObjects, cancellationToken);
        await end.CancelAsync();
        Assert.That(async () => await housekeeping, Throws.InstanceOf<OperationCanceledException>());
    }
}
