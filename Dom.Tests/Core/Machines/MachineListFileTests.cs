using Dom.Core.Machines;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Machines;

[CancelAfter(30_000)]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MachineListFileTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new();
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Test]
    public async Task A_replaced_file_and_a_file_written_in_place_are_both_noticed(CancellationToken cancellationToken)
    {
        var file = Open(Write("a", "b"));
        Assert.That(await file.RefreshAsync(cancellationToken), Is.True);
        Assert.That(file.List.Count, Is.EqualTo(2));
        Assert.That(await file.RefreshAsync(cancellationToken), Is.False);

        Write("a", "b", "c");
        Assert.That(await file.RefreshAsync(cancellationToken), Is.True);
        Assert.That(file.List.Count, Is.EqualTo(3));

        File.WriteAllText(_directory.Combine("new"), Json("a", "b", "d"));
        File.Move(_directory.Combine("new"), _directory.Combine("mdb"), overwrite: true);
        Assert.That(await file.RefreshAsync(cancellationToken), Is.True);
        Assert.That(file.List.Find("d"), Is.Not.Null);
    }

    [Test]
    public async Task A_change_within_the_resolution_of_the_file_times_is_noticed(CancellationToken cancellationToken)
    {
        var path = Write("a");
        var file = Open(path);
        await file.RefreshAsync(cancellationToken);
        var time = File.GetLastWriteTimeUtc(path);
        Write("b");
        File.SetLastWriteTimeUtc(path, time);
        await file.RefreshAsync(cancellationToken);
        Assert.That(file.List.Find("b"), Is.Not.Null);
    }

    [Test]
    public async Task The_last_good_list_stays_when_the_file_breaks_or_vanishes(CancellationToken cancellationToken)
    {
        var path = Write("a", "b");
        var file = Open(path);
        await file.RefreshAsync(cancellationToken);
        var good = file.List;

        File.WriteAllText(path, "[{\"Hostname\":\"a\"},");
        Assert.That(await file.RefreshAsync(cancellationToken), Is.True);
        Assert.That(file.List, Is.SameAs(good));
        Assert.That(file.Error, Does.Contain(path).And.Contain("line 1").And.Contain("2 machines stays in force"));
        Assert.That(await file.RefreshAsync(cancellationToken), Is.False, "the same fault is not news");

        File.Delete(path);
        Assert.That(await file.RefreshAsync(cancellationToken), Is.True);
        Assert.That(file.List, Is.SameAs(good));

        Write("a", "b");
        Assert.That(await file.RefreshAsync(cancellationToken), Is.True);
        Assert.That(file.Error, Is.Empty);
        Assert.That(file.List, Is.SameAs(good), "an unchanged list disturbs nothing");
    }

    [Test]
    public async Task A_file_that_returns_after_it_vanished_is_read_again(CancellationToken cancellationToken)
    {
        var path = Write("a");
        var file = Open(path);
        await file.RefreshAsync(cancellationToken);
        File.Move(path, path + ".away");
        await file.RefreshAsync(cancellationToken);
        Assert.That(file.Error, Is.Not.Empty);
        File.Move(path + ".away", path);
        await file.RefreshAsync(cancellationToken);
        Assert.That(file.Error, Is.Empty);
    }

    [Test]
    public async Task A_list_that_shrinks_suddenly_is_refused_until_it_is_whole_again(CancellationToken cancellationToken)
    {
        var names = Enumerable.Range(0, 20).Select(i => $"h{i}").ToArray();
        var file = Open(Write(names));
        await file.RefreshAsync(cancellationToken);

        Write(names[..9]);
        await file.RefreshAsync(cancellationToken);
        Assert.That(file.List.Count, Is.EqualTo(20));
        Assert.That(file.Error, Does.Contain("11 of 20").And.Contain("MachineListMaxShrinkPercent"));

        Write();
        await file.RefreshAsync(cancellationToken);
        Assert.That(file.List.Count, Is.EqualTo(20));

        Write(names[..10]);
        await file.RefreshAsync(cancellationToken);
        Assert.That(file.List.Count, Is.EqualTo(10), "half may go at once");
        Assert.That(file.Error, Is.Empty);
    }

    [Test]
    public async Task The_last_machine_can_be_removed(CancellationToken cancellationToken)
    {
        var file = Open(Write("a"));
        await file.RefreshAsync(cancellationToken);
        Write();
        await file.RefreshAsync(cancellationToken);
        Assert.That(file.List.Count, Is.Zero);
    }

    [Test]
    public async Task A_symbolic_link_to_the_file_is_followed(CancellationToken cancellationToken)
    {
        var path = Write("a");
        File.CreateSymbolicLink(_directory.Combine("link"), path);
        var file = Open(_directory.Combine("link"));
        await file.RefreshAsync(cancellationToken);
        Assert.That(file.List.Count, Is.EqualTo(1));
    }

    private MachineListFile Open(string path) => new(path, maxShrinkPercent: 50, MachineListLimits.Default, _clock);

    private string Write(params string[] names) => _directory.WriteFile("mdb", Json(names));

    private static string Json(params string[] names) => "[" + string.Join(",\n", names.Select(n => $"{{\"Hostname\":\"{n}\"}}")) + "]";
}
