using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Objects;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PackedObjectStoreTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(30_000)]
    public async Task Many_small_objects_share_a_file_and_are_read_back_by_the_next_process(CancellationToken token)
    {
        var contents = Contents(1000);
        await using (var store = Open())
        {
            await AddAsync(store, contents, token);
            AssertStored(store, contents);
            Assert.That(Packs(), Is.Empty, "nothing has its name before it is durable");
            await store.SyncAsync(token);
            AssertStored(store, contents);
        }

        await using var next = Open();
        AssertStored(next, contents);
        Assert.That(next.PackCount, Is.EqualTo(1));
        Assert.That(Loose(), Is.EqualTo(PackedObjectStore.FilesFirst));
        using var reader = await next.OpenReadAsync(ObjectId.Of(contents[^1]), 17, token);
        var rest = new byte[reader.Size];
        var read = await reader.FillAsync(rest, token);
        Assert.That(rest.AsSpan(0, read).ToArray(), Is.EqualTo(contents[^1][17..]));
    }

    [Test, CancelAfter(30_000)]
    public async Task Few_objects_become_files_and_files_of_an_earlier_version_are_found(CancellationToken token)
    {
        var contents = Contents(10);
        await using (var files = FileObjectStore.Open(_directory.Path, default))
        {
            foreach (var content in contents)
            {
                await files.AddAsync(ObjectId.Of(content), content, token);
            }

            await files.SyncAsync(token);
        }

        await using var store = Open();
        AssertStored(store, contents);
        Assert.That(await store.AddAsync(ObjectId.Of(contents[0]), contents[0], token), Is.False);
        await AddAsync(store, Contents(10, seed: 5000), token);
        await store.SyncAsync(token);
        Assert.That(Packs(), Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task What_was_not_synced_is_gone_after_a_kill_and_the_rest_is_whole(CancellationToken token)
    {
        var durable = Contents(300);
        var lost = Contents(300, seed: 9000);
        await using var store = Open();
        await AddAsync(store, durable, token);
        await store.SyncAsync(token);
        await AddAsync(store, lost, token);

        // A copy of the directory at any moment is what a kill leaves behind.
        using var copy = new TempDirectory();
        await Tool.RunOkAsync("cp", "-a", $"{_directory.Path}/.", copy.Path);
        await using var next = PackedObjectStore.Open(copy.Path, default);
        AssertStored(next, durable);
        Assert.That(lost.Skip(PackedObjectStore.FilesFirst).All(c => next.GetSize(ObjectId.Of(c)) < 0), Is.True);
        Assert.That(Directory.GetFiles(copy.Combine("packs"), "*.new"), Is.Empty, "what is left of it is removed");
        await AddAsync(next, lost, token);
        await next.SyncAsync(token);
        AssertStored(next, lost);
    }

    [TestCase(1, Description = "the last byte")]
    [TestCase(5000, Description = "the index")]
    [TestCase(200_000, Description = "data")]
    [CancelAfter(30_000)]
    public async Task A_pack_whose_tail_is_torn_is_reported_and_its_objects_can_be_stored_again(int cut, CancellationToken token)
    {
        var contents = Contents(300);
        await using (var store = Open())
        {
            await AddAsync(store, contents, token);
            await store.SyncAsync(token);
        }

        using (var file = File.OpenWrite(Packs().Single()))
        {
            file.SetLength(file.Length - cut);
        }

        await using var next = Open();
        Assert.That(next.DamagedPacks, Has.Count.EqualTo(1));
        Assert.That(next.DamagedPacks[0].Name, Does.Contain("/packs/"));
        Assert.That(next.GetSize(ObjectId.Of(contents[^1])), Is.EqualTo(-1));
        await AddAsync(next, contents, token);
        await next.SyncAsync(token);
        AssertStored(next, contents);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_damaged_end_or_filter_costs_nothing_and_a_damaged_page_only_its_own_objects(CancellationToken token)
    {
        var contents = Contents(1000);
        await using (var store = Open())
        {
            await AddAsync(store, contents, token);
            await store.SyncAsync(token);
        }

        Damage(^10); // the trailer
        await using (var store = Open())
        {
            AssertStored(store, contents);
        }

        Damage(^300); // the filter or the table of pages
        await using (var store = Open())
        {
            Assert.That(store.DamagedPacks, Is.Empty);
            AssertStored(store, contents);
        }

        Damage(^7000); // a page of the index
        await using (var store = Open())
        {
            var missing = contents.Where(c => store.GetSize(ObjectId.Of(c)) < 0).ToArray();
            Assert.That(missing, Has.Length.InRange(1, 85));
            await AddAsync(store, contents, token);
            AssertStored(store, contents);
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task Damaged_bytes_are_found_when_read_and_moved_out_and_can_be_stored_again(CancellationToken token)
    {
        var contents = Contents(200);
        await using var store = Open();
        await AddAsync(store, contents, token);
        await store.SyncAsync(token);
        Damage(new Index(128 + 50));
        var verified = new VerifyingObjectStore(store);
        var victims = new List<ObjectId>();
        foreach (var content in contents)
        {
            try
            {
                await verified.ReadVerifiedAsync(ObjectId.Of(content), 1 << 20, token);
            }
            catch (CorruptObjectException e)
            {
                victims.Add(e.Id);
            }
        }

        Assert.That(victims, Has.Count.EqualTo(1));
        using var aside = new TempDirectory();
        using var handle = DirectoryHandle.Open(aside.Path);
        Assert.That(store.MoveTo(victims[0], handle, "rotten"u8), Is.True);
        Assert.That(File.ReadAllBytes(aside.Combine("rotten")), Has.Length.EqualTo(contents.Single(c => ObjectId.Of(c) == victims[0]).Length));
        Assert.That(store.GetSize(victims[0]), Is.EqualTo(-1));
        var again = contents.Single(c => ObjectId.Of(c) == victims[0]);
        Assert.That(await store.AddAsync(victims[0], again, token), Is.True);
        await store.SyncAsync(token);
        AssertStored(store, contents);
    }

    [Test, CancelAfter(60_000)]
    public async Task Uploads_of_the_same_objects_at_once_store_each_once(CancellationToken token)
    {
        var contents = Contents(400);
        await using var store = Open();
        var added = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
        {
            for (var i = 0; i < contents.Length; i++)
            {
                var content = contents[(i + (n * 100)) % contents.Length];
                if (await store.AddAsync(ObjectId.Of(content), content, token))
                {
                    Interlocked.Increment(ref added);
                }

                if (i % 150 == n)
                {
                    await store.SyncAsync(token);
                }
            }
        }, token)));
        await store.SyncAsync(token);
        AssertStored(store, contents);
        Assert.That(added, Is.InRange(contents.Length, contents.Length + 16), "two that are writing the same object may both have added it");
    }

    [Test, CancelAfter(60_000)]
    public async Task A_full_disk_is_reported_and_what_was_synced_stays(CancellationToken token)
    {
        await Tool.RunOkAsync("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", _directory.Path);
        try
        {
            await using var store = Open();
            var contents = Contents(200);
            await AddAsync(store, contents, token);
            await store.SyncAsync(token);
            var many = Contents(2000, seed: 7777);
            Assert.That(async () =>
            {
                await AddAsync(store, many, token);
                await store.SyncAsync(token);
            }, Throws.InstanceOf<IOException>().With.Message.Contains("ENOSPC"));
            AssertStored(store, contents);
        }
        finally
        {
            await Tool.RunOkAsync("umount", _directory.Path);
        }
    }

    private static async Task AddAsync(PackedObjectStore store, byte[][] contents, CancellationToken token)
    {
        foreach (var content in contents)
        {
            await store.AddAsync(ObjectId.Of(content), content, token);
        }
    }

    private static void AssertStored(PackedObjectStore store, byte[][] contents)
    {
        foreach (var content in contents)
        {
            Assert.That(store.GetSize(ObjectId.Of(content)), Is.EqualTo(content.Length));
            Assert.That(store.ReadAll(ObjectId.Of(content), 1 << 20).AsSpan().SequenceEqual(content), Is.True);
        }
    }

    private void Damage(Index at)
    {
        var path = Packs().Single();
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 0x40;
        using var file = File.OpenWrite(path);
        file.Write(bytes);
    }

    private string[] Packs() => Directory.GetFiles(_directory.Combine("packs"), "*.pack");

    private int Loose() => Directory.GetDirectories(_directory.Path)
        .Where(d => Path.GetFileName(d).Length == 2).Sum(d => Directory.GetFiles(d).Length);

    private PackedObjectStore Open() => PackedObjectStore.Open(_directory.Path, default);

    private static byte[][] Contents(int count, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var bytes = new byte[random.Next(500, 6000)];
            random.NextBytes(bytes);
            return bytes;
        })];
    }
}
