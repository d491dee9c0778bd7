using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Sub.Drift;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Drift;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DriftLogTests : IDisposable
{
    private readonly TempDirectory _temp = new();
    private readonly DirectoryHandle _directory;

    public DriftLogTests() => _directory = DirectoryHandle.Open(_temp.Path);

    public void Dispose()
    {
        _directory.Dispose();
        _temp.Dispose();
    }

    [Test]
    public void Records_are_numbered_and_found_after_a_restart_under_the_same_id()
    {
        ulong id;
        using (var log = DriftLog.Open(_directory))
        {
            id = log.Id;
            Assert.That(log.Read(new GetDriftRequest()).Single().Records, Is.Empty);
            log.Append(Records(3));
            log.Append(Records(2));
        }

        using var again = DriftLog.Open(_directory);
        Assert.That((again.Id, again.Last), Is.EqualTo((id, 5L)));
        Assert.That(Numbers(again, id, 0), Is.EqualTo([1, 2, 3, 4, 5]));
        Assert.That(Numbers(again, id, 3), Is.EqualTo([4, 5]));
        Assert.That(Numbers(again, id, 5), Is.Empty);
        Assert.That(Numbers(again, id + 1, 3), Is.EqualTo([1, 2, 3, 4, 5]), "the numbers of another log mean nothing");
        Assert.That(again.ReadNewest(2).Select(static r => r.Number), Is.EqualTo([5, 4]));
        again.Append(Records(1));
        Assert.That(again.Last, Is.EqualTo(6));
    }

    [Test]
    public void The_oldest_are_dropped_and_counted_as_lost()
    {
        using var log = DriftLog.Open(_directory);
        for (var i = 0; i < 13; i++)
        {
            log.Append(Records(1000));
        }

        var pages = log.Read(new GetDriftRequest { Log = log.Id, After = 100 }).ToList();

        Assert.That(pages[0].Lost, Is.EqualTo(2900));
        Assert.That(pages.Skip(1).Select(static p => p.Lost), Is.All.Zero);
        Assert.That(pages.Select(static p => p.Records.Count), Is.All.LessThanOrEqualTo(256));
        Assert.That(pages.SelectMany(static p => p.Records).Select(static r => r.Number), Is.EqualTo(Enumerable.Range(3001, 10_000).Select(static n => (long)n)));
        Assert.That(Directory.GetFiles(_temp.Combine("drift")), Has.Length.EqualTo(11), "ten segments and the id");
    }

    [Test]
    public void More_at_once_than_the_log_keeps_leaves_the_last()
    {
        using var log = DriftLog.Open(_directory);
        log.Append(Records(5));
        log.Append(Records(DriftLog.Capacity + 7));

        Assert.That(log.Last, Is.EqualTo(DriftLog.Capacity + 12));
        var records = log.Read(new GetDriftRequest()).SelectMany(static p => p.Records).ToList();
        Assert.That((records[0].Number, records.Count), Is.EqualTo((13L, DriftLog.Capacity)));
    }

    [Test]
    public void What_a_crash_cut_off_is_dropped_and_its_number_used_again([Values(1, 7, 20)] int cut)
    {
        using (var log = DriftLog.Open(_directory))
        {
            log.Append(Records(3));
        }

        var file = _temp.Combine("drift", "0000000000000001");
        var bytes = File.ReadAllBytes(file);
        File.WriteAllBytes(file, bytes[..^cut]);

        using var again = DriftLog.Open(_directory);
        Assert.That(again.Last, Is.EqualTo(2));
        again.Append(Records(1, "/after"));
        Assert.That(again.Read(new GetDriftRequest()).Single().Records.Select(static r => (r.Number, r.Path.ToString())), Is.EqualTo([(1L, "/p0"), (2L, "/p1"), (3L, "/after0")]));
    }

    [Test]
    public void A_log_whose_id_was_lost_begins_anew()
    {
        ulong id;
        using (var log = DriftLog.Open(_directory))
        {
            id = log.Id;
            log.Append(Records(3));
        }

        File.Delete(_temp.Combine("drift", "id"));
        using var again = DriftLog.Open(_directory);
        Assert.That((again.Id == id, again.Last), Is.EqualTo((false, 0L)));
    }

    private static List<DriftRecord> Records(int count, string path = "/p") =>
    [
        .. Enumerable.Range(0, count).Select(i => new DriftRecord { Number = 0, Path = UnixPath.Of(path + i), Kind = DriftKind.Extra, Image = "test/1" }),
    ];

    private static long[] Numbers(DriftLog log, ulong id, long after) =>
        [.. log.Read(new GetDriftRequest { Log = id, After = after }).SelectMany(static p => p.Records).Select(static r => r.Number)];
}
