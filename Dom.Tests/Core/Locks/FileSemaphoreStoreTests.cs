using Dom.Core.Locks;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Locks;

/// <summary>The store on this machine's disk: compare-and-swap, shared flushes, and what is left after a cut at any byte.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FileSemaphoreStoreTests : IDisposable
{
    private const int SmallJournal = 4096;

    private readonly TempDirectory _directory = new("dom-locks-");

    private string Path => _directory.Combine("state");

    public void Dispose() => _directory.Dispose();

    [Test, CancelAfter(60_000)]
    public async Task A_change_is_made_only_over_what_was_read(CancellationToken token)
    {
        await using var store = FileSemaphoreStore.Open(Path, SmallJournal);
        Assert.That(await store.ReadAsync("g", token), Is.Null);
        var first = await store.TryReplaceAsync("g", 0, Held(3), token);
        Assert.That(first.Stored, Is.True);
        Assert.That((await store.TryReplaceAsync("g", 0, Held(3, "x"), token)).Stored, Is.False, "it is there by now");
        var second = await store.TryReplaceAsync("g", Revision(first), Held(3, "a"), token);
        var lost = await store.TryReplaceAsync("g", Revision(first), Held(3, "b"), token);
        Assert.That(lost.Stored, Is.False);
        Assert.That(lost.Current?.Revision, Is.EqualTo(Revision(second)));
        Assert.That(lost.Current?.State.Find("a"), Is.Not.Null);
        Assert.That(store.ListGroups(), Is.EqualTo(new[] { "g" }));
    }

    [Test, CancelAfter(60_000)]
    public async Task Everything_is_there_again_after_many_rounds_of_the_journal(CancellationToken token)
    {
        var expected = new Dictionary<string, string>();
        for (var open = 0; open < 5; open++)
        {
            await using var store = FileSemaphoreStore.Open(Path, SmallJournal);
            foreach (var (group, ids) in expected)
            {
                Assert.That(Ids(await store.ReadAsync(group, token)), Is.EqualTo(ids));
            }

            for (var i = 0; i < 37; i++)
            {
                var group = $"g{i % 3}";
                var current = await store.ReadAsync(group, token);
                var outcome = await store.TryReplaceAsync(group, current?.Revision ?? 0, Held(9, $"o{open}-{i}", "same"), token);
                expected[group] = Ids(outcome.Current);
            }
        }
    }

    [Test, CancelAfter(120_000)]
    public async Task A_write_that_is_cut_at_any_byte_leaves_the_old_or_the_new_state(CancellationToken token)
    {
        var (before, after) = await WriteTwoAsync(token);
        var journal = System.IO.Path.Combine(Path, "locks.journal");
        var changed = Enumerable.Range(0, before.Length).Where(i => before[i] != after[i]).ToList();
        Assert.That(changed, Is.Not.Empty);
        for (var cut = changed[0]; cut <= changed[^1] + 1; cut++)
        {
            await File.WriteAllBytesAsync(journal, [.. after[..cut], .. before[cut..]], token);
            await using var store = FileSemaphoreStore.Open(Path, SmallJournal);
            var ids = Ids(await store.ReadAsync("g", token));
            Assert.That(ids, Is.EqualTo("a").Or.EqualTo("a b"), $"cut at {cut}");
            Assert.That(ids == "a b", Is.EqualTo(cut > changed[^1]), $"cut at {cut}");
        }
    }

    [Test, CancelAfter(120_000)]
    public async Task What_was_durable_and_is_damaged_or_cut_away_stops_the_store(CancellationToken token)
    {
        var (_, after) = await WriteTwoAsync(token);
        var journal = System.IO.Path.Combine(Path, "locks.journal");
        for (var at = 0; at < after.Length; at += 7)
        {
            await File.WriteAllBytesAsync(journal, after[..at], token);
            Assert.That(() => FileSemaphoreStore.Open(Path, SmallJournal), Throws.TypeOf<InvalidDataException>().With.Message.Contains("nothing is granted"), $"cut to {at}");
        }

        // The first record, which the second one proves to have been durable.
        var end = Array.FindLastIndex(after, LockJournal.Alignment * 2, b => b != 0);
        for (var at = 0; at < end; at++)
        {
            var damaged = after.ToArray();
            damaged[at] ^= 0x40;
            await File.WriteAllBytesAsync(journal, damaged, token);
            try
            {
                await using var store = FileSemaphoreStore.Open(Path, SmallJournal);
                Assert.That(Ids(await store.ReadAsync("g", token)), Is.EqualTo("a b"), $"a byte that nobody reads at {at}");
            }
            catch (InvalidDataException fault)
            {
                Assert.That(fault.Message, Does.Contain("damaged"));
            }
        }

        File.Delete(journal);
        Assert.That(() => FileSemaphoreStore.Open(Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("locks.journal is missing"));
        await File.WriteAllBytesAsync(journal, after, token);
        File.Delete(System.IO.Path.Combine(Path, "locks.json"));
        Assert.That(() => FileSemaphoreStore.Open(Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("locks.json is missing"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_first_start_that_was_cut_begins_again(CancellationToken token)
    {
        await using (FileSemaphoreStore.Open(Path, SmallJournal))
        {
            File.Delete(System.IO.Path.Combine(Path, "locks.json"));
        }

        await using var store = FileSemaphoreStore.Open(Path, SmallJournal);
        Assert.That(store.ListGroups(), Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task Two_processes_never_share_a_directory(CancellationToken token)
    {
        var first = FileSemaphoreStore.Open(Path, SmallJournal);
        Assert.That(() => FileSemaphoreStore.Open(Path), Throws.InstanceOf<IOException>().With.Message.Contains("another lock-manager uses"));
        await first.DisposeAsync();
        await using var second = FileSemaphoreStore.Open(Path);
        Assert.That(second.ListGroups(), Is.Empty);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_full_disk_is_an_error_and_what_was_stored_stays(CancellationToken token)
    {
        using var disk = RamFileSystem.MountSmall(_directory.CreateDirectory("disk"), megabytes: 1);
        var place = _directory.Combine("disk", "state");
        await using var store = FileSemaphoreStore.Open(place, SmallJournal);
        var revision = Revision(await store.TryReplaceAsync("g", 0, Held(9, "a"), token));
        var filler = _directory.Combine("disk", "filler");
        Assert.That(() => File.WriteAllBytes(filler, new byte[2 << 20]), Throws.InstanceOf<IOException>());
        var ids = new List<string> { "a" };
        var failures = 0;
        for (var i = 0; i < 40; i++)
        {
            try
            {
                var outcome = await store.TryReplaceAsync("g", revision, Held(90, [.. ids, $"x{i}"]), token);
                Assert.That(outcome.Stored, Is.True);
                revision = Revision(outcome);
                ids.Add($"x{i}");
            }
            catch (SemaphoreStoreException fault)
            {
                Assert.That(fault.FateUnknown, Is.True);
                Assert.That(Ids(await store.ReadAsync("g", token)).Split(' '), Is.EquivalentTo(ids));
                failures++;
            }
        }

        Assert.That(failures, Is.GreaterThan(0));
        File.Delete(filler);
        Assert.That((await store.TryReplaceAsync("g", revision, Held(90, [.. ids, "last"]), token)).Stored, Is.True, "it recovers by itself");
        await store.DisposeAsync();
        await using var again = FileSemaphoreStore.Open(place, SmallJournal);
        Assert.That(Ids(await again.ReadAsync("g", token)).Split(' '), Is.EquivalentTo([.. ids, "last"]));
    }

    private static GroupState Held(int max, params string[] ids) => GroupState.Fresh(max) with { Holders = [.. ids.Select(id => new LockHolder { Id = id })] };

    private static string Ids(StoredGroup? group) => string.Join(' ', (group?.State.Holders ?? []).Select(h => h.Id));

    private static long Revision(StoreOutcome outcome) => outcome.Current?.Revision ?? throw new AssertionException("nothing is there");

    /// <summary>The journal with the holder a, and then with a and b.</summary>
    private async Task<(byte[] Before, byte[] After)> WriteTwoAsync(CancellationToken token)
    {
        var journal = System.IO.Path.Combine(Path, "locks.journal");
        await using var store = FileSemaphoreStore.Open(Path, SmallJournal);
        var first = await store.TryReplaceAsync("g", 0, Held(3, "a"), token);
        var before = await File.ReadAllBytesAsync(journal, token);
        await store.TryReplaceAsync("g", Revision(first), Held(3, "a", "b"), token);
        return (before, await File.ReadAllBytesAsync(journal, token));
    }
}
