using Dom.Core.Objects;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Objects;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FileObjectStoreTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(30_000)]
    public async Task What_was_added_is_read_back_also_by_the_next_process(CancellationToken token)
    {
        var content = Bytes(1, 20_000);
        var id = ObjectId.Of(content);
        await using (var store = Open())
        {
            Assert.That(store.GetSize(id), Is.EqualTo(-1));
            Assert.That(await store.AddAsync(id, content, token), Is.True);
            Assert.That(await store.AddAsync(id, content, token), Is.False);
            Assert.That(store.ReadAll(id, 1 << 20), Is.EqualTo(content), "readable before it is durable");
            await store.SyncAsync(token);
            Assert.That(store.ReadAll(id, 1 << 20), Is.EqualTo(content));
        }

        await using var next = Open();
        Assert.That(next.GetSize(id), Is.EqualTo(content.Length));
        Assert.That(next.ReadAll(id, 1 << 20), Is.EqualTo(content));
        Assert.That(File.Exists(_directory.Combine(id.ToString()[..2], id.ToString()[2..])), Is.True);
        Assert.That(Directory.GetFiles(_directory.Combine("incoming")), Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task Bytes_with_another_digest_are_refused_and_leave_nothing(CancellationToken token)
    {
        await using var store = Open();
        var content = Bytes(2, 200_000);
        var other = ObjectId.Of("something else"u8);
        Assert.That(async () => await store.AddAsync(other, content, token), Throws.TypeOf<CorruptObjectException>());

        using (var writer = await store.OpenWriteAsync(other, content.Length, long.MaxValue, token))
        {
            await writer.WriteAsync(content, token);
            Assert.That(async () => await writer.CommitAsync(token), Throws.TypeOf<CorruptObjectException>());
        }

        using (var writer = await store.OpenWriteAsync(ObjectId.Of(content), 100, long.MaxValue, token))
        {
            Assert.That(async () => await writer.WriteAsync(content, token), Throws.TypeOf<CorruptObjectException>());
        }

        using (var writer = await store.OpenWriteAsync(ObjectId.Of(content), content.Length, long.MaxValue, token))
        {
            await writer.WriteAsync(content.AsMemory(0, 10), token);
            Assert.That(async () => await writer.CommitAsync(token), Throws.TypeOf<CorruptObjectException>());
        }

        Assert.That(store.GetSize(other), Is.EqualTo(-1));
        Assert.That(Directory.GetFiles(_directory.Combine("incoming")), Is.Empty);
    }

    [Test, CancelAfter(30_000)]
    public async Task A_writer_goes_on_where_a_dead_process_stopped(CancellationToken token)
    {
        var content = Bytes(3, 3_000_000);
        var id = ObjectId.Of(content);
        await using (var store = Open())
        {
            using var writer = await store.OpenWriteAsync(id, content.Length, long.MaxValue, token);
            await writer.WriteAsync(content.AsMemory(0, 2_000_000), token);
        }

        await using var next = Open();
        Assert.That(next.GetSize(id), Is.EqualTo(-1));
        Assert.That(next.GetPartialSize(id), Is.EqualTo(2_000_000));
        using (var writer = await next.OpenWriteAsync(id, content.Length, 1_500_000, token))
        {
            Assert.That(writer.Position, Is.EqualTo(1_500_000));
            Assert.That(next.GetPartialSize(id), Is.EqualTo(1_500_000), "what a writer at work has");
            using (var second = await next.OpenWriteAsync(id, content.Length, long.MaxValue, token))
            {
                Assert.That(second.Position, Is.Zero, "nobody else goes on with it meanwhile");
            }

            await writer.WriteAsync(content.AsMemory(1_500_000), token);
            Assert.That(await writer.CommitAsync(token), Is.True);
        }

        Assert.That(next.ReadAll(id, 1 << 23), Is.EqualTo(content));
    }

    [Test, CancelAfter(30_000)]
    public async Task A_beginning_that_rotted_is_noticed_at_the_end_and_discarded(CancellationToken token)
    {
        var content = Bytes(4, 300_000);
        var id = ObjectId.Of(content);
        await using var store = Open();
        using (var writer = await store.OpenWriteAsync(id, content.Length, long.MaxValue, token))
        {
            await writer.WriteAsync(content.AsMemory(0, 200_000), token);
        }

        var partial = _directory.Combine("incoming", id.ToString());
        var bytes = await File.ReadAllBytesAsync(partial, token);
        bytes[77] ^= 1;
        await File.WriteAllBytesAsync(partial, bytes, token);
        using (var writer = await store.OpenWriteAsync(id, content.Length, long.MaxValue, token))
        {
            await writer.WriteAsync(content.AsMemory(200_000), token);
            Assert.That(async () => await writer.CommitAsync(token), Throws.TypeOf<CorruptObjectException>());
        }

        using (var writer = await store.OpenWriteAsync(id, content.Length, long.MaxValue, token))
        {
            Assert.That(writer.Position, Is.Zero);
            await writer.WriteAsync(content, token);
            Assert.That(await writer.CommitAsync(token), Is.True);
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task What_dead_writers_left_and_nobody_can_use_is_removed_at_the_start(CancellationToken token)
    {
        await Open().DisposeAsync();
        var old = Write(ObjectId.Of("old"u8).ToString(), 200_000);
        File.SetLastWriteTimeUtc(old, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var small = Write(ObjectId.Of("small"u8).ToString(), 10);
        var foreign = Write("not-a-digest", 200_000);
        var second = Write($"{ObjectId.Of("second"u8)}.7", 200_000);
        var useful = Write(ObjectId.Of("useful"u8).ToString(), 200_000);
        await using var store = FileObjectStore.Open(_directory.Path, new DateTimeOffset(2021, 1, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.That(new[] { old, small, foreign, second }.Where(File.Exists), Is.Empty);
        Assert.That(File.Exists(useful), Is.True);

        string Write(string name, int bytes)
        {
            var path = _directory.Combine("incoming", name);
            File.WriteAllBytes(path, new byte[bytes]);
            return path;
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Writers_of_the_same_object_do_not_disturb_each_other(CancellationToken token)
    {
        await using var store = Open();
        var content = Bytes(5, 500_000);
        var id = ObjectId.Of(content);
        var added = await Task.WhenAll(Enumerable.Range(0, 8).Select(n => Task.Run(async () =>
        {
            if (n == 7)
            {
                return await store.AddAsync(id, content, token);
            }

            using var writer = await store.OpenWriteAsync(id, content.Length, long.MaxValue, token);
            for (var i = (int)writer.Position; i < content.Length; i += 50_000)
            {
                await writer.WriteAsync(content.AsMemory(i, Math.Min(50_000, content.Length - i)), token);
                await Task.Yield();
            }

            return await writer.CommitAsync(token);
        }, token)));
        await store.SyncAsync(token);
        Assert.That(added.Count(a => a), Is.EqualTo(1));
        Assert.That(store.ReadAll(id, 1 << 20), Is.EqualTo(content));
        Assert.That(Directory.GetFiles(_directory.Combine("incoming")), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task Objects_stay_readable_while_syncs_move_them(CancellationToken token)
    {
        await using var store = Open();
        var contents = Enumerable.Range(0, 400).Select(n => Bytes(n, 1000 + n)).ToArray();
        using var stop = new CancellationTokenSource();
        var syncing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await store.SyncAsync(token);
            }
        }, token);
        foreach (var content in contents)
        {
            await store.AddAsync(ObjectId.Of(content), content, token);
            Assert.That(store.ReadAll(ObjectId.Of(content), 10_000), Is.EqualTo(content));
        }

        await stop.CancelAsync();
        await syncing;
        await store.SyncAsync(token);
        Assert.That(contents.All(c => store.GetSize(ObjectId.Of(c)) == c.Length), Is.True);
    }

    [Test, CancelAfter(60_000)]
    public async Task A_full_disk_is_reported_and_leaves_nothing_half(CancellationToken token)
    {
        await Tool.RunOkAsync("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", _directory.Path);
        try
        {
            await using var store = Open();
            var fits = Bytes(6, 500_000);
            await store.AddAsync(ObjectId.Of(fits), fits, token);
            var large = Bytes(7, 3_000_000);
            var full = Assert.CatchAsync<IOException>(async () =>
            {
                using var writer = await store.OpenWriteAsync(ObjectId.Of(large), large.Length, long.MaxValue, token);
                await writer.WriteAsync(large, token);
                await writer.CommitAsync(token);
            });
            Assert.That(full?.Message, Does.Contain("ENOSPC"));
            Assert.That(async () => await store.AddAsync(ObjectId.Of(large), large, token), Throws.InstanceOf<IOException>());
            Assert.That(Directory.GetFiles(_directory.Combine("incoming")).Length, Is.EqualTo(1));
            await store.SyncAsync(token);
            Assert.That(store.ReadAll(ObjectId.Of(fits), 1 << 20), Is.EqualTo(fits));
            var after = Bytes(8, 1_000_000);
            Assert.That(await store.AddAsync(ObjectId.Of(after), after, token), Is.True, "the space of the failed write is free again");
        }
        finally
        {
            await Tool.RunOkAsync("umount", _directory.Path);
        }
    }

    [Test, CancelAfter(30_000)]
    public async Task Only_one_process_uses_a_store(CancellationToken token)
    {
        await using var store = Open();
        Assert.That(Open, Throws.InstanceOf<IOException>().With.Message.Contains("another process"));
    }

    [Test, CancelAfter(30_000)]
    public async Task An_object_can_be_moved_out_before_and_after_a_sync(CancellationToken token)
    {
        using var target = new TempDirectory();
        using var handle = Dom.Core.Linux.DirectoryHandle.Open(target.Path);
        await using var store = Open();
        var first = Bytes(9, 100);
        var second = Bytes(10, 100);
        await store.AddAsync(ObjectId.Of(first), first, token);
        Assert.That(store.MoveTo(ObjectId.Of(first), handle, "first"u8), Is.True);
        await store.AddAsync(ObjectId.Of(second), second, token);
        await store.SyncAsync(token);
        Assert.That(store.MoveTo(ObjectId.Of(second), handle, "second"u8), Is.True);
        Assert.That(store.MoveTo(ObjectId.Of(second), handle, "third"u8), Is.False);
        Assert.That(await File.ReadAllBytesAsync(target.Combine("first"), token), Is.EqualTo(first));
        Assert.That(await File.ReadAllBytesAsync(target.Combine("second"), token), Is.EqualTo(second));
        Assert.That(store.GetSize(ObjectId.Of(second)), Is.EqualTo(-1));
    }

    [Test, CancelAfter(30_000)]
    public async Task Killed_at_any_point_a_writer_leaves_each_object_whole_or_absent(CancellationToken token)
    {
        // A copy of the directory at any moment is what a kill leaves behind.
        var contents = Enumerable.Range(0, 30).Select(n => Bytes(n, 70_000 + n)).ToArray();
        await using var store = Open();
        for (var i = 0; i < contents.Length; i++)
        {
            using (var writer = await store.OpenWriteAsync(ObjectId.Of(contents[i]), contents[i].Length, long.MaxValue, token))
            {
                await writer.WriteAsync(contents[i].AsMemory(0, 66_000), token);
                await CheckCopyAsync(i);
                await writer.WriteAsync(contents[i].AsMemory(66_000), token);
                await writer.CommitAsync(token);
            }

            if (i % 3 == 0)
            {
                await store.SyncAsync(token);
                await CheckCopyAsync(i);
            }
        }

        async Task CheckCopyAsync(int written)
        {
            using var copy = new TempDirectory();
            await Tool.RunOkAsync("cp", "-a", $"{_directory.Path}/.", copy.Path);
            await using var next = FileObjectStore.Open(copy.Path, default);
            for (var i = 0; i <= written; i++)
            {
                var id = ObjectId.Of(contents[i]);
                if (next.GetSize(id) >= 0)
                {
                    Assert.That(next.ReadAll(id, 1 << 20), Is.EqualTo(contents[i]));
                }
                else
                {
                    using var writer = await next.OpenWriteAsync(id, contents[i].Length, long.MaxValue, token);
                    await writer.WriteAsync(contents[i].AsMemory((int)writer.Position), token);
                    Assert.That(await writer.CommitAsync(token), Is.True);
                }
            }
        }
    }

    private FileObjectStore Open() => FileObjectStore.Open(_directory.Path, default);

    private static byte[] Bytes(int seed, int count)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
