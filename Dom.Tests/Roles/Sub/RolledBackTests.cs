using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Sub.Images;

namespace Dom.Tests.Roles.Sub;

/// <summary>Rule 25: an image that was rolled back is not offered again until the image changes or a person says so.</summary>
[CancelAfter(60_000)]
public sealed class RolledBackTests
{
    [Test]
    public async Task What_was_rolled_back_is_not_applied_again_over_restarts_until_it_is_retried(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        var state = await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.RolledBack, cancellationToken);
        Assert.That(state.RolledBackManifest, Is.EqualTo(rig.Required!.Manifest));
        Assert.That(() => rig.UpdateAsync(state, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotReady"));
        await rig.StopSubAsync();
        await rig.StartSubAsync(cancellationToken);
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.RolledBack, cancellationToken);
        Assert.That(
            () => RetryAsync(rig, rig.Id("another"), cancellationToken), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotRolledBack"));

        Assert.That((await RetryAsync(rig, rig.Required.Manifest, cancellationToken)).Manifest, Is.EqualTo(rig.Required.Manifest));

        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/a"), Is.EqualTo("2"));
        Assert.That((await RetryAsync(rig, default, cancellationToken)).Manifest.IsNone, Is.True, "nothing is remembered any more");
    }

    [Test]
    public async Task Another_required_image_is_offered_and_the_memory_ends_with_it(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        var broken = rig.Required!;
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.RolledBack, cancellationToken);

        rig.Required = await rig.Shelf.AddAsync("test/3", rig.Source("three", ("/a", "3")));
        var state = await rig.ConvergeAsync(cancellationToken);
        Assert.That((rig.Read("/a"), state.RolledBackManifest.IsNone), Is.EqualTo(("3", true)));

        rig.Required = broken;
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/a"), Is.EqualTo("2"));
    }

    private static async Task<SubRig> StartAsync(CancellationToken cancellationToken)
    {
        var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("one", ("/a", "1")));
        await rig.ConvergeAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("test/2", rig.Source("two", ("/a", "2")));
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsTree, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken);
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.Ready, Phase: SubPhase.Idle }, cancellationToken);
        rig.Sub.Parts.RolledBack.Set(rig.Required, "sshd did not start", WayBackState.Done);
        rig.Sub.Convergence.Look();
        return rig;
    }

    private static Task<RetryResponse> RetryAsync(SubRig rig, Dom.Core.Objects.ObjectId manifest, CancellationToken cancellationToken) =>
        rig.Client.CallAsync(SubdMethods.Retry, new RetryRequest { Hold = rig.Hold, Manifest = manifest, Reason = "test" }, cancellationToken);
}
