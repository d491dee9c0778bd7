using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Sub.Update;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Room is looked at before a fetch and before an update, on real file systems: blocks without those reserved for root, and inodes.</summary>
[CancelAfter(120_000)]
public sealed class RoomTests
{
    private const int Mebi = 1 << 20;

    [Test]
    public async Task What_is_reserved_for_root_is_not_taken_by_the_sub(CancellationToken cancellationToken)
    {
        LoopFileSystem? disk = null;
        await using var rig = await SubRig.StartAsync(cancellationToken, directory => disk = LoopFileSystem.Mount(directory, 64, "-m", "50"));
        using var root = DirectoryHandle.Open(rig.Root);
        await RequireAsync(rig, ("/big", new string('b', 14 * Mebi)));

        // Twice the file and a margin: less than what is free for root, more than what is free for others.
        var shortOf = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.InsufficientSpace, Phase: SubPhase.Idle }, cancellationToken);
        Assert.That(shortOf.Shortage, Does.Match(@"^2[89]\.\d MiB are needed beside what is there, and \d\d\.\d MiB are free, beside 3\d\.\d MiB that only root or the file system itself may take: remove"));
        var status = root.GetFileSystemStatus();
        Assert.That((status.FreeBytes > 30 * Mebi, status.AvailableBytes > 30 * Mebi), Is.EqualTo((true, false)));
        Assert.That((await rig.FetchAsync(rig.Required!, cancellationToken)).Started, Is.False);

        // The way back, and only that, takes what root has.
        var need = new RoomNeed(30 * Mebi, 1);
        Assert.That((need.ShortageOn(status), need.ShortageOn(status, takesReserve: true)), Is.EqualTo((need.ShortageOn(status), (string?)null)));
        Assert.That(need.ShortageOn(status), Is.Not.Null);

        await Tool.RunOkAsync("tune2fs", "-m", "0", await DeviceOfAsync(rig.Root));
        rig.Sub.Convergence.Look();
        var enough = await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsObjects, cancellationToken);
        Assert.That(enough.Shortage, Is.Empty);
        await rig.FetchAsync(rig.Required!, cancellationToken);
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.Ready, Phase: SubPhase.Idle }, cancellationToken);

        // What was fetched is copied once more: that is looked at before services are stopped, and told without an update that fails.
        var filler = disk!.Directory + "/.subd/filler";
        await File.WriteAllBytesAsync(filler, new byte[status.FreeBytes - 26 * Mebi], cancellationToken);
        rig.Sub.Convergence.Look();
        var full = await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.InsufficientSpace, cancellationToken);
        Assert.That(full.Shortage, Does.Match(@"^1[45]\.\d MiB are needed"));
        Assert.That(full.Plan!.ObjectsToFetch, Is.Zero);
        File.Delete(filler);
        rig.Sub.Convergence.Look();
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.Ready, cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
        Assert.That(new FileInfo(rig.Root + "/big").Length, Is.EqualTo(14 * Mebi));
    }

    [Test]
    public async Task A_file_system_without_free_inodes_is_short_of_room_too(CancellationToken cancellationToken)
    {
        await using var rig = await SubRig.StartAsync(cancellationToken, directory => LoopFileSystem.Mount(directory, 32, "-N", "512"));
        using var root = DirectoryHandle.Open(rig.Root);
        Directory.CreateDirectory(rig.Root + "/tmp/below");
        var files = Enumerable.Range(0, 60).Select(i => ($"/etc/{i}", $"content {i}")).ToArray();
        var spare = root.GetFileSystemStatus().FreeInodes - 150;
        for (var i = 0; i < spare; i++)
        {
            await File.WriteAllTextAsync($"{rig.Root}/tmp/below/{i}", "", cancellationToken);
        }

        await RequireAsync(rig, [("/tmp/placeholder", ""), .. files]);
        var shortOf = await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.InsufficientSpace, Phase: SubPhase.Idle }, cancellationToken);
        Assert.That(shortOf.Shortage, Does.Match(@"^\d+ new files are needed beside those that are there, and the file system has \d+ free inodes"));
        Assert.That(root.GetFileSystemStatus().AvailableBytes, Is.GreaterThan(8 * Mebi));

        Directory.Delete(rig.Root + "/tmp/below", recursive: true);
        rig.Sub.Convergence.Look();
        await rig.PollUntilAsync(s => s.RequiredReadiness == ImageReadiness.NeedsObjects, cancellationToken);
        await rig.ConvergeAsync(cancellationToken);
    }

    private static async Task RequireAsync(SubRig rig, params (string Path, string Content)[] files)
    {
        var cancellationToken = TestContext.CurrentContext.CancellationToken;
        rig.Required = await rig.Shelf.AddAsync("test/1", rig.Source("image", files));
        await rig.PollUntilAsync(s => s is { RequiredReadiness: ImageReadiness.NeedsTree, Phase: SubPhase.Idle }, cancellationToken);
        await rig.FetchAsync(rig.Required, cancellationToken, FetchScope.Tree);
    }

    private static async Task<string> DeviceOfAsync(string directory) =>
        (await Tool.RunOkAsync("findmnt", "-n", "-o", "SOURCE", directory)).Output.Trim();
}
