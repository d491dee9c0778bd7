using Dom.Core.Contracts.Dominator;
using Dom.Core.Linux;
using Dom.Roles.Master.Records;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Master.Records;

public sealed class MachineLogTests
{
    private readonly TempDirectory _directory = new();

    [OneTimeTearDown]
    public void Clean() => _directory.Dispose();

    [Test]
    public void Records_come_back_in_order_also_from_another_process()
    {
        using var place = new Place(_directory, "order");
        place.Log.Append("a", [Of("1"), Of("2")]);
        place.Log.Append("b", [Of("x")]);
        place.Log.Append("a", [Of("3")]);
        using var other = place.Open();
        Assert.That(Texts(other, "a"), Is.EqualTo(new[] { "1", "2", "3" }));
        Assert.That(Texts(other, "b"), Is.EqualTo(new[] { "x" }));
        Assert.That(Texts(other, "c"), Is.Empty);
    }

    [Test]
    public void A_file_cut_anywhere_costs_the_record_that_was_cut_and_no_other_and_is_written_on()
    {
        using var place = new Place(_directory, "cut");
        place.Log.Append("a", [Of("1"), Of("2"), Of("3")]);
        var whole = File.ReadAllBytes(place.File("a.jsonl"));
        var second = whole.AsSpan().IndexOf((byte)'\n') * 2 + 2;
        for (var length = second; length < whole.Length; length++)
        {
            File.WriteAllBytes(place.File("a.jsonl"), whole[..length]);
            place.Log.Append("a", [Of("after")]);
            var expected = length == whole.Length - 1 ? new[] { "1", "2", "3", "after" } : ["1", "2", "after"];
            Assert.That(Texts(place.Log, "a"), Is.EqualTo(expected), $"cut at {length}");
        }
    }

    [Test]
    public void Damage_in_the_middle_costs_its_line_only()
    {
        using var place = new Place(_directory, "damage");
        place.Log.Append("a", [Of("1"), Of("2"), Of("3")]);
        var content = File.ReadAllBytes(place.File("a.jsonl"));
        content[content.Length / 2] = 0;
        File.WriteAllBytes(place.File("a.jsonl"), content);
        Assert.That(Texts(place.Log, "a"), Is.EqualTo(new[] { "1", "3" }));
    }

    [Test]
    public void A_machine_takes_no_more_than_its_share_and_keeps_the_newest()
    {
        using var place = new Place(_directory, "share", bytes: 16 << 10);
        for (var i = 0; i < 2_000; i++)
        {
            place.Log.Append("a", [Of($"{i}")]);
            Assert.That(new DirectoryInfo(place.File("")).GetFiles().Sum(f => f.Length), Is.LessThan((16 << 10) + 1_000));
        }

        var texts = Texts(place.Log, "a");
        Assert.That(texts, Is.EqualTo(Enumerable.Range(2_000 - texts.Count, texts.Count).Select(i => $"{i}")));
        Assert.That(texts, Has.Count.GreaterThan(60));
    }

    [Test]
    public void A_name_too_long_for_a_file_has_its_records_too()
    {
        using var place = new Place(_directory, "long");
        var name = string.Join('.', Enumerable.Repeat(new string('h', 60), 4)) + "*" + new string('i', 50);
        place.Log.Append(name, [Of("1")]);
        Assert.That(Texts(place.Log, name), Is.EqualTo(new[] { "1" }));
    }

    [Test]
    public void Pruning_removes_old_records_of_machines_that_are_gone_and_no_others()
    {
        using var place = new Place(_directory, "prune");
        foreach (var host in new[] { "here", "gone", "fresh" })
        {
            place.Log.Append(host, [Of("1")]);
        }

        File.SetLastWriteTimeUtc(place.File("here.jsonl"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(place.File("gone.jsonl"), new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        place.Log.Prune(["here"], new DateTimeOffset(2020, 2, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.That((Texts(place.Log, "here").Count, Texts(place.Log, "gone").Count, Texts(place.Log, "fresh").Count), Is.EqualTo((1, 0, 1)));
    }

    private static HistoryRecord Of(string text) => new() { Time = DateTimeOffset.UnixEpoch, Kind = HistoryKind.Control, Text = text };

    private static List<string> Texts(MachineLog<HistoryRecord> log, string host) => [.. log.Read(host).Select(r => r.Text)];

    private sealed class Place : IDisposable
    {
        private readonly string _path;
        private readonly int _bytes;

        public Place(TempDirectory directory, string name, int bytes = 1 << 20)
        {
            _path = directory.Combine(name);
            _bytes = bytes;
            Directory.CreateDirectory(_path);
            Log = Open();
        }

        public MachineLog<HistoryRecord> Log { get; }

        public string File(string name) => Path.Combine(_path, "history", name);

        public MachineLog<HistoryRecord> Open()
        {
            using var parent = DirectoryHandle.Open(_path);
            return new MachineLog<HistoryRecord>(parent, "history", RecordsJson.Default.HistoryRecord, _bytes);
        }

        public void Dispose() => Log.Dispose();
    }
}
