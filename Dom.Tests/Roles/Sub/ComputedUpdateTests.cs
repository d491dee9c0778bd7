using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;

namespace Dom.Tests.Roles.Sub;

/// <summary>Rule 12 through whole updates: contents come as a set beside the image, a new set is a new update.</summary>
[CancelAfter(60_000)]
public sealed class ComputedUpdateTests
{
    [Test]
    public async Task A_computed_file_gets_the_content_of_the_set_and_follows_it(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        await RequireAsync(rig);
        var waiting = await WithoutContentAsync(rig, cancellationToken);
        Assert.That(waiting.Plan!.MissingComputed, Is.EqualTo(1));
        Assert.That(
            () => rig.UpdateAsync(waiting, cancellationToken), Throws.TypeOf<RpcException>().With.Property("Code").EqualTo("NotReady"));
        Assert.That(Directory.EnumerateFiles(rig.Root), Is.Empty, "nothing is applied without the content");

        await rig.SupplyAsync(cancellationToken, ("/etc/host.conf", "hostname=web1\n"));
        var first = await rig.ConvergeAsync(cancellationToken);
        Assert.That((rig.Read("/etc/host.conf"), rig.Read("/a")), Is.EqualTo(("hostname=web1\n", "a")));

        await rig.SupplyAsync(cancellationToken, ("/etc/host.conf", "hostname=web2\n"));
        var second = await rig.PollUntilAsync(s => s.Plan is { Steps: 1, Changes: 1 }, cancellationToken);
        Assert.That(second.RequiredReadiness, Is.EqualTo(ImageReadiness.Ready), "the content came with the set");
        second = await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/etc/host.conf"), Is.EqualTo("hostname=web2\n"));
        Assert.That(second.UpdatesDone, Is.EqualTo(first.UpdatesDone + 1));

        File.WriteAllText(rig.Root + "/etc/host.conf", "drift");
        await rig.PollUntilAsync(s => s.Plan is { Steps: 1 }, cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/etc/host.conf"), Is.EqualTo("hostname=web2\n"));

        // Its time is nobody's business: no comparison looks at it.
        File.SetLastWriteTimeUtc(rig.Root + "/etc/host.conf", DateTime.UnixEpoch);
        var scans = (await rig.PollAsync(cancellationToken, news: false)).ScanCount;
        await rig.PollUntilAsync(s => s.ScanCount > scans + 1, cancellationToken);
        Assert.That((await rig.PollAsync(cancellationToken, news: false)).Plan!.IsCompliant, Is.True);
    }

    [Test]
    public async Task A_set_that_comes_after_it_was_named_is_used_at_once(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        await RequireAsync(rig);
        var named = rig.Required!;
        await WithoutContentAsync(rig, cancellationToken);
        await rig.SupplyAsync(cancellationToken, ("/etc/host.conf", "hostname=web1\n"));
        var set = rig.Required!.ComputedSet;
        await rig.StopSubAsync();
        Directory.Delete(rig.Root + "/.subd/computed", recursive: true);
        await rig.StartSubAsync(cancellationToken);
        rig.Required = named with { ComputedSet = set };
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.MissingComputedFile, Phase: SubPhase.Idle }, cancellationToken);

        await rig.SupplyAsync(cancellationToken, ("/etc/host.conf", "hostname=web1\n"));

        Assert.That(rig.Required!.ComputedSet, Is.EqualTo(set), "neither the tree nor what is required has changed");
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/etc/host.conf"), Is.EqualTo("hostname=web1\n"));
    }

    [Test]
    public async Task The_set_survives_a_restart_of_the_sub(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        await RequireAsync(rig);
        await WithoutContentAsync(rig, cancellationToken);
        await rig.SupplyAsync(cancellationToken, ("/etc/host.conf", "hostname=web1\n"));
        await rig.ConvergeAsync(cancellationToken);

        await rig.StopSubAsync();
        File.WriteAllText(rig.Root + "/etc/host.conf", "drift");
        await rig.StartSubAsync(cancellationToken);
        await rig.PollUntilAsync(s => s.Plan is { Steps: 1 }, cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(rig.Read("/etc/host.conf"), Is.EqualTo("hostname=web1\n"));
    }

    [Test]
    public async Task A_set_with_a_path_twice_is_refused_as_the_callers_mistake(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        await RequireAsync(rig);
        await rig.PollAsync(cancellationToken);
        Assert.That(
            () => rig.SupplyAsync(cancellationToken, ("/etc/host.conf", "a"), ("/etc/host.conf", "a")),
            Throws.TypeOf<RpcException>().With.Property("Status").EqualTo(RpcStatus.InvalidArgument));
    }

    private static async Task RequireAsync(SubRig rig)
    {
        var source = rig.Source("image", ("/a", "a"), ("/etc/host.conf", "a place"));
        rig.Required = await rig.Shelf.AddAsync("test/1", source, change: null, "/etc/host.conf");
    }

    /// <summary>Lets the sub read the image without any set.</summary>
    private static async Task<PollResponse> WithoutContentAsync(SubRig rig, CancellationToken cancellationToken)
    {
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle }, cancellationToken);
        await rig.FetchAsync(rig.Required!, cancellationToken);
        return await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.MissingComputedFile, Phase: SubPhase.Idle }, cancellationToken);
    }
}
