using Dom.Core.Linux;
using Dom.Core.Trees.Scanning;
using Dom.Roles.Sub.Scanning;

namespace Dom.Tests.Roles.Sub.Scanning;

public sealed class LooksBesideSweepTests
{
    [TestCase(10, ExpectedResult = 10)]
    [TestCase(11, ExpectedResult = null)]
    [TestCase(100_000, ExpectedResult = null)]
    public int? What_is_kept_beside_a_sweep_is_bounded_and_more_is_told_apart(int looks)
    {
        var beside = new LooksBesideSweep(most: 10);
        beside.Begin();
        foreach (var batch in Looks(looks).Chunk(7))
        {
            beside.Add(batch);
            Assert.That(beside.Count, Is.LessThanOrEqualTo(11));
        }

        beside.Add(Looks(0));
        var end = beside.End();
        Assert.That(beside.Count, Is.Zero);
        return end?.Count;
    }

    [Test]
    public void One_batch_is_bounded_as_well()
    {
        var beside = new LooksBesideSweep(most: 10);
        beside.Begin();
        beside.Add(Looks(5_000));
        Assert.That((beside.Count, beside.End()), Is.EqualTo((11, (IReadOnlyCollection<PathLook>?)null)));
    }

    [Test]
    public void Only_what_comes_beside_a_sweep_is_kept_and_not_for_the_next_one()
    {
        var beside = new LooksBesideSweep(most: 10);
        beside.Add(Looks(3));
        Assert.That(beside.Count, Is.Zero, "before the first sweep");
        beside.Begin();
        beside.Add(Looks(3));
        beside.Drop();
        beside.Add(Looks(3));
        beside.Begin();
        beside.Add(Looks(2));
        Assert.That(beside.End(), Has.Count.EqualTo(2), "those of a sweep that was given up are not looked at");
        beside.Add(Looks(1));
        beside.Begin();
        Assert.That(beside.End(), Is.Empty);
    }

    private static List<PathLook> Looks(int count) => [.. Enumerable.Range(0, count).Select(static i => new PathLook(UnixPath.Parse($"/{i}"), false))];
}
