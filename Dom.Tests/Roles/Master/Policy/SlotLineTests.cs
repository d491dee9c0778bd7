using Dom.Roles.Master.Policy;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Master.Policy;

public sealed class SlotLineTests
{
    [Test]
    public void Who_waits_longest_is_called_first_and_nobody_can_slip_in_between()
    {
        var line = new SlotLine(urgencies: 1, capacity: 1);
        Assert.That(line.TryTake("a", 0), Is.True);
        Assert.That(line.TryTake("b", 0), Is.False);
        Assert.That(line.TryTake("c", 0), Is.False);
        line.Leave("a");
        Assert.That(Call(line), Is.EqualTo(new[] { "b" }));
        Assert.That(line.TryTake("d", 0), Is.False, "the free slot is reserved for b");
        Assert.That(line.TryTake("b", 0), Is.True);
    }

    [Test]
    public void Urgent_ones_are_called_before_others_whenever_they_came()
    {
        var line = new SlotLine(urgencies: 2, capacity: 0);
        line.TryTake("planned", 1);
        line.TryTake("required", 0);
        line.Capacity = 1;
        Assert.That(Call(line), Is.EqualTo(new[] { "required" }));
        line.Leave("required");
        Assert.That(Call(line), Is.EqualTo(new[] { "planned" }));
    }

    [Test]
    public void A_reservation_that_is_not_wanted_any_more_goes_to_the_next()
    {
        var line = new SlotLine(urgencies: 1, capacity: 0);
        line.TryTake("a", 0);
        line.TryTake("b", 0);
        line.Capacity = 1;
        Assert.That(Call(line), Is.EqualTo(new[] { "a" }));
        line.Leave("a");
        Assert.That(Call(line), Is.EqualTo(new[] { "b" }));
    }

    [Test]
    public void There_are_never_more_holders_than_slots_and_no_slot_is_lost_whatever_happens()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < Counts.Of(200, 20_000); round++)
        {
            var capacity = random.Next(1, 4);
            var line = new SlotLine(urgencies: 2, capacity);
            var wanting = new HashSet<string>();
            for (var i = 0; i < 60; i++)
            {
                var name = $"m{random.Next(8)}";
                if (random.Next(3) > 0)
                {
                    wanting.Add(name);
                    line.TryTake(name, random.Next(2));
                }
                else
                {
                    wanting.Remove(name);
                    line.Leave(name);
                }

                // Whoever is called asks again, as machines do.
                foreach (var called in Call(line))
                {
                    Assert.That(line.TryTake(called, 0), Is.True, $"seed {seed}");
                }

                Assert.That(line.Holding, Is.EqualTo(Math.Min(capacity, wanting.Count)), $"seed {seed}, round {round}, step {i}");
            }
        }
    }

    private static List<string> Call(SlotLine line)
    {
        var called = new List<string>();
        line.Call(called);
        return called;
    }
}
