using System.Collections.Concurrent;
using Dom.Core.Contracts.ImageServer;
using Dom.Core.Contracts.ObjectServer;
using Dom.Core.Objects;
using Dom.Core.Rpc;
using Dom.Roles.ImageServer;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.ImageServer.Garbage;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GarbageCollectorTests
{
    [Test, CancelAfter(60_000)]
    public async Task What_only_a_deleted_image_was_made_of_goes_and_its_pack_too(CancellationToken token)
    {
        await using var server = await StartAsync();
        var old = MakeFiles(server, "old", 400, seed: 1);
        await server.PushAsync("web/1", old, token);
        var @new = MakeFiles(server, "new", 100, seed: 1);
        await server.PushAsync("web/2", @new, token);
        Assert.That(server.State.Archive.Objects.PackCount, Is.EqualTo(1));
        await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "web/1" }, token);

        var dry = await CollectAsync(server, token, dryRun: true);
        Assert.That((dry.Removed, dry.Images), Is.EqualTo((300L + Directories(400) - Directories(100) + 3, 1L)), "objects; blocks of directories, of the root and of the tree; the manifest");
        Assert.That(server.State.Archive.Objects.List().Count(), Is.EqualTo(400), "nothing was removed yet");
        var done = await CollectAsync(server, token);
        Assert.That((done.Removed, done.RemovedBytes, done.Kept), Is.EqualTo((dry.Removed, dry.RemovedBytes, dry.Kept)));
        Assert.That(done.Packs, Is.GreaterThan(0));
        Assert.That(server.State.Archive.Objects.List().Count(), Is.EqualTo(100));
        await AssertWholeAsync(server, "web/2", token);

        await server.RestartAsync();
        await AssertWholeAsync(server, "web/2", token);
        Assert.That((await CollectAsync(server, token)).Removed, Is.Zero);
        await server.PushAsync("web/3", old, token);
        await AssertWholeAsync(server, "web/3", token);
    }

    [Test, CancelAfter(60_000)]
    public async Task What_an_upload_sent_is_kept_as_long_as_its_lease(CancellationToken token)
    {
        await using var server = await StartAsync();
        var content = "unnamed"u8.ToArray();
        var lease = await BeginAsync(server, "web/1", token);
        await server.Admin.UploadAsync(
            ObjectServerMethods.AddObjects,
            OneAsync(new ObjectChunk { Id = ObjectId.Of(content), Size = content.Length, Data = content, Lease = lease }),
            token);
        await server.State.Archive.SyncAsync(token);
        var result = await CollectAsync(server, token);
        Assert.That((result.Removed, result.Protected), Is.EqualTo((0L, 1L)));
        server.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.That((await CollectAsync(server, token)).Removed, Is.EqualTo(1));
        Assert.That(server.State.Archive.Objects.GetSize(ObjectId.Of(content)), Is.EqualTo(-1));
    }

    [Test, CancelAfter(60_000)]
    public async Task What_an_upload_was_told_is_stored_stays_stored(CancellationToken token)
    {
        await using var server = await StartAsync();
        var files = MakeFiles(server, "files", 10, seed: 3);
        await server.PushAsync("web/1", files, token);
        await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "web/1" }, token);
        var ids = server.State.Archive.Objects.List().Select(static o => o.Id).ToArray();
        var lease = await BeginAsync(server, "web/2", token);
        var check = await server.Admin.CallAsync(
            ObjectServerMethods.CheckObjects, new CheckObjectsRequest { Ids = ids, Lease = lease }, token);
        Assert.That(check.Sizes.All(static s => s > 0), Is.True);
        var result = await CollectAsync(server, token);
        Assert.That(result.Protected, Is.EqualTo(10));
        Assert.That(ids.All(id => server.State.Archive.Objects.GetSize(id) > 0), Is.True);
    }

    [Test, CancelAfter(60_000)]
    public async Task The_server_collects_by_itself_when_the_disk_runs_short(CancellationToken token)
    {
        await using var server = await StartAsync(new ImageServerOptions { GarbageBelowFreePercent = 100, ScrubMebibytesPerSecond = 0 });
        await server.PushAsync("web/1", MakeFiles(server, "files", 100, seed: 8), token);
        await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "web/1" }, token);
        var faults = new ConcurrentQueue<Exception>();
        server.State.StartBackground(faults.Enqueue);
        while (server.State.Garbage.Last is null)
        {
            token.ThrowIfCancellationRequested();
            server.Clock.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        Assert.That(server.State.Archive.Objects.List(), Is.Empty);
        Assert.That(faults, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task Many_small_packs_are_joined(CancellationToken token)
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 12; i++)
        {
            await server.PushAsync($"web/{i}", MakeFiles(server, $"files-{i}", 100, seed: i), token);
        }

        Assert.That(server.State.Archive.Objects.PackCount, Is.EqualTo(12));
        Assert.That((await CollectAsync(server, token)).Packs, Is.GreaterThanOrEqualTo(12));
        Assert.That(server.State.Archive.Objects.PackCount, Is.EqualTo(1));
        await server.RestartAsync();
        for (var i = 0; i < 12; i++)
        {
            await AssertWholeAsync(server, $"web/{i}", token);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task What_is_young_stays(CancellationToken token)
    {
        await using var server = await StartAsync();
        await server.PushAsync("web/1", MakeFiles(server, "files", 200, seed: 4), token);
        await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "web/1" }, token);
        var result = await CollectAsync(server, token, age: TimeSpan.FromDays(3));
        Assert.That((result.Removed, result.TooYoung), Is.EqualTo((0L, 200L + Directories(200) + 3)));
    }

    [Test, CancelAfter(60_000)]
    public async Task Nothing_is_removed_while_it_is_not_known_what_an_image_is_made_of(CancellationToken token)
    {
        await using var server = await StartAsync();
        var gone = MakeFiles(server, "gone", 5, seed: 5);
        await server.PushAsync("web/1", gone, token);
        var kept = MakeFiles(server, "kept", 5, seed: 6);
        var push = await server.PushAsync("web/2", kept, token);
        await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = "web/1" }, token);
        File.Delete(server.StoredFile("blocks", push.Manifest.Root));
        var before = server.State.Archive.Objects.List().Count();
        var refused = Assert.CatchAsync<RpcException>(() => CollectAsync(server, token));
        Assert.That(refused?.Message, Does.Contain("web/2").And.Contains("push web/2 again"));
        Assert.That(server.State.Archive.Objects.List().Count(), Is.EqualTo(before));

        await server.PushAsync("web/3", kept, token);
        Assert.That((await CollectAsync(server, token)).Removed, Is.GreaterThan(5));
        await AssertWholeAsync(server, "web/2", token);
    }

    [Test, CancelAfter(120_000)]
    public async Task Images_pushed_while_garbage_is_collected_are_whole(CancellationToken token)
    {
        await using var server = await StartAsync();
        var pushed = new List<string>();
        using var stop = new CancellationTokenSource();
        var rounds = Counts.Of(4, 40);
        var collecting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await CollectAsync(server, token);
            }
        }, token);
        await Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            for (var round = 0; round < rounds; round++)
            {
                // The same content again and again, so that what is garbage one moment is asked for the next.
                var files = MakeFiles(server, $"files-{worker}-{round}", 150, seed: round % 2);
                var name = $"web/{worker}-{round}";
                await server.PushAsync(name, files, token);
                await AssertWholeAsync(server, name, token);
                if (round % 2 == 0)
                {
                    await server.Admin.CallAsync(ImageServerMethods.DeleteImage, new ImageNameRequest { Name = name }, token);
                }
                else
                {
                    lock (pushed)
                    {
                        pushed.Add(name);
                    }
                }
            }
        }, token)));
        await stop.CancelAsync();
        await collecting;
        foreach (var name in pushed)
        {
            await AssertWholeAsync(server, name, token);
        }
    }

    /// <summary>A server whose clock is ahead of the disk's, so that nothing is too young.</summary>
    private static async Task<ServerFixture> StartAsync(ImageServerOptions? options = null)
    {
        var server = await ServerFixture.StartAsync(options);
        server.Clock.Advance(TimeProvider.System.GetUtcNow() - server.Clock.GetUtcNow() + TimeSpan.FromDays(2));
        return server;
    }

    private static Task<CollectGarbageResponse> CollectAsync(
        ServerFixture server, CancellationToken token, bool dryRun = false, TimeSpan age = default) =>
        server.Admin.CallAsync(ImageServerMethods.CollectGarbage, new CollectGarbageRequest { DryRun = dryRun, Age = age }, token);

    private static async Task<string> BeginAsync(ServerFixture server, string name, CancellationToken token) =>
        (await server.Admin.CallAsync(ImageServerMethods.BeginUpload, new BeginUploadRequest { Name = name, Bytes = 100 }, token)).Lease;

    private static async IAsyncEnumerable<ObjectChunk> OneAsync(ObjectChunk chunk)
    {
        await Task.CompletedTask;
        yield return chunk;
    }

    private static async Task AssertWholeAsync(ServerFixture server, string name, CancellationToken token)
    {
        var check = await server.Admin.CallAsync(ImageServerMethods.CheckImage, new ImageNameRequest { Name = name }, token);
        Assert.That((check.Missing.Count, check.Corrupt.Count), Is.EqualTo((0, 0)), name);
    }

    private const int FilesPerDirectory = 50;

    /// <summary>Directories with files, which differ between two numbers of files.</summary>
    private static int Directories(int files) => files / FilesPerDirectory;

    private static string MakeFiles(ServerFixture server, string name, int files, int seed)
    {
        var directory = server.MakeDirectory(name);
        var random = new Random(seed);
        for (var i = 0; i < files; i++)
        {
            var below = Directory.CreateDirectory(Path.Combine(directory, $"{files}-{i / FilesPerDirectory}")).FullName;
            var content = new byte[2000];
            random.NextBytes(content);
            var path = Path.Combine(below, $"file-{i}");
            File.WriteAllBytes(path, content);
            File.SetLastWriteTimeUtc(path, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        }

        return directory;
    }
}
