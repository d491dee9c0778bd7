using Dom.Core.Contracts.Subd;

namespace Dom.Tests.Roles.Sub.Scanning;

/// <summary>A sub whose tree has files that take long to read.</summary>
[CancelAfter(120_000)]
public sealed class LargeFileWatchTests
{
    private const long Huge = 4L << 40;
    private const int Large = 80 << 20;

    [Test]
    public async Task A_huge_file_that_the_image_lacks_is_deleted_at_once_and_nothing_is_missed_meanwhile(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        rig.Required = await rig.Shelf.AddAsync("image/1", rig.Source("source", ("/etc/motd", "hello")));
        await rig.ConvergeAsync(cancellationToken);
        Extend(rig.Root + "/etc/huge", Huge);
        rig.Sub.Parts.Watch.Wake();
        var drifted = await rig.PollUntilAsync(s => s.Plan is { Deletions: 1 }, cancellationToken);
        Assert.That((drifted.RequiredReadiness, drifted.Plan!.Unknown), Is.EqualTo((ImageReadiness.Ready, 0)));

        File.WriteAllText(rig.Root + "/etc/extra", "x");
        rig.Sub.Parts.Watch.Wake();
        await rig.PollUntilAsync(s => s.Plan is { Deletions: 2 }, cancellationToken);
        Assert.That(rig.Sub.Parts.Watch.BytesRead, Is.LessThan(Huge / 1000), "nobody needs its content");
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(File.Exists(rig.Root + "/etc/huge"), Is.False);
    }

    [Test]
    public async Task A_large_file_of_the_image_is_neither_compliant_nor_deviant_before_it_is_read(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        var source = rig.Source("source", ("/etc/motd", "hello"), ("/big", ""));
        Extend(source + "/big", Large);
        File.SetLastWriteTimeUtc(source + "/big", DateTime.UnixEpoch.AddDays(1));
        rig.Required = await rig.Shelf.AddAsync("image/1", source);
        await ConvergeAsync();
        Assert.That(new FileInfo(rig.Root + "/big").Length, Is.EqualTo(Large));

        // Same size, other content, same time: only its content tells.
        await using (var file = File.OpenWrite(rig.Root + "/big"))
        {
            file.Seek(Large / 2, SeekOrigin.Begin);
            file.WriteByte(1);
        }

        File.SetLastWriteTimeUtc(rig.Root + "/big", DateTime.UnixEpoch.AddDays(1));
        rig.Sub.Parts.Watch.Wake();
        await rig.PollUntilAsync(s => s.Plan is { Changes: 1, Unknown: 0 }, cancellationToken);
        await ConvergeAsync();

        async Task ConvergeAsync()
        {
            while (true)
            {
                var state = await rig.PollUntilAsync(s => s is { Phase: SubPhase.Idle, RequiredReadiness: not ImageReadiness.Comparing }, cancellationToken);
                if (state is { RequiredReadiness: ImageReadiness.Ready, Plan.IsCompliant: true } && rig.Sub.Convergence.IsCompliant)
                {
                    return;
                }

                _ = state.RequiredReadiness == ImageReadiness.Ready ? (object)await rig.UpdateAsync(state, cancellationToken) : await rig.FetchAsync(rig.Required!, cancellationToken);
                await rig.PollUntilAsync(s => s.Phase == SubPhase.Idle, cancellationToken);
            }
        }
    }

    [Test]
    public async Task Looks_go_on_while_a_large_file_is_read_again(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken);
        Extend(rig.Root + "/large", 200 << 20);
        var watch = rig.Sub.Parts.Watch;
        await rig.PollUntilAsync(_ => watch.Current is { Tree.Counts.Unread: 0 } && watch.Scans > 1, cancellationToken);

        // One percent of nearly nothing: at this speed the file takes minutes.
        watch.UseScrubSpeed(0.01);
        var scans = watch.Scans;
        await rig.PollUntilAsync(_ => watch.Scans >= scans + 4, cancellationToken);
        Assert.That((watch.IsOverdue, watch.SinceLastScan < TimeSpan.FromSeconds(10)), Is.EqualTo((false, true)));
    }

    private static void Extend(string path, long size)
    {
        using var file = File.OpenWrite(path);
        file.SetLength(size);
    }
}
