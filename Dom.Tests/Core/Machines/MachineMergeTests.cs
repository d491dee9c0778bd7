using Dom.Core.Machines;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Machines;

/// <summary>Many lists become one, and two lists become what differs.</summary>
public sealed class MachineMergeTests
{
    private static readonly Machine Full = new()
    {
        Hostname = "a",
        DataSourceType = "json",
        DataSourceIdentifier = "inventory",
        IpAddress = "10.0.0.1",
        Location = "SJC",
        RequiredImage = "web/1",
        PlannedImage = "web/2",
        DisableUpdates = true,
        OwnerGroup = "g",
        OwnerGroups = ["h"],
        OwnerUsers = ["u"],
        Tags = new Dictionary<string, string> { ["Type"] = "web" },
        AwsMetadata = new AwsMetadata { InstanceId = "i-1" },
    };

    [Test]
    public void Fields_that_a_later_source_leaves_empty_stay()
    {
        var merged = Merge([Full], [new Machine { Hostname = "a", DataSourceType = "json", DataSourceIdentifier = "inventory" }]);
        Assert.That(merged.Find("a"), Is.EqualTo(Full));
    }

    [Test]
    public void Fields_that_a_later_source_sets_replace_those_before()
    {
        var later = new Machine
        {
            Hostname = "a",
            DataSourceType = "text",
            DataSourceIdentifier = "overrides",
            IpAddress = "10.0.0.2",
            Location = "LON",
            RequiredImage = "web/3",
            PlannedImage = "web/4",
            OwnerGroup = "g2",
            OwnerGroups = ["h2"],
            OwnerUsers = ["u2"],
            Tags = new Dictionary<string, string> { ["Rack"] = "4" },
            AwsMetadata = new AwsMetadata { InstanceId = "i-2" },
        };
        Assert.That(Merge([Full], [later]).Find("a"), Is.EqualTo(later with { DataSourceType = "", DataSourceIdentifier = "" }));
    }

    [TestCase(true, "web/1", false, "web/2", false, TestName = "A required image brings enabled updates with it")]
    [TestCase(false, "web/1", true, "web/2", true, TestName = "A required image brings disabled updates with it")]
    [TestCase(true, "web/1", false, "", true, TestName = "Without a required image a source does not enable updates")]
    [TestCase(false, "web/1", true, "", true, TestName = "Without a required image a source can disable updates")]
    public void Disabled_updates_follow_the_required_image(bool first, string firstImage, bool second, string secondImage, bool expected)
    {
        var merged = Merge(
            [new Machine { Hostname = "a", RequiredImage = firstImage, DisableUpdates = first }],
            [new Machine { Hostname = "a", RequiredImage = secondImage, DisableUpdates = second }]);
        Assert.That(merged.Find("a")?.DisableUpdates, Is.EqualTo(expected));
    }

    [Test]
    public void Machines_of_all_sources_are_in_the_result()
    {
        var merged = Merge([new Machine { Hostname = "b10" }], [new Machine { Hostname = "b9" }], [new Machine { Hostname = "a" }, new Machine { Hostname = "b9", Location = "x" }]);
        Assert.That(merged.Machines.Select(m => m.Hostname), Is.EqualTo(new[] { "a", "b9", "b10" }));
        Assert.That(merged.Find("b9")?.Location, Is.EqualTo("x"));
    }

    [Test]
    public void What_did_not_change_is_the_same_object()
    {
        var first = Merge([Full, new Machine { Hostname = "b" }], [new Machine { Hostname = "b", Location = "x" }]);
        MachineList[] again = [new([Full with { OwnerUsers = ["u"] }, new Machine { Hostname = "b" }]), new([new Machine { Hostname = "b", Location = "y" }])];
        var second = MachineMerge.Merge(again, first);
        Assert.That(second.Find("a"), Is.SameAs(first.Find("a")));
        Assert.That(second.Find("b")?.Location, Is.EqualTo("y"));
        Assert.That(MachineMerge.Merge(again, second), Is.SameAs(second));
    }

    [Test]
    public void Changes_turn_the_older_list_into_the_newer()
    {
        var random = new Random(Random.Shared.Next());
        for (var i = 0; i < Counts.Of(200, 5_000); i++)
        {
            var older = RandomList(random);
            var newer = RandomList(random);
            var changes = MachineListChanges.Between(older, newer);
            var result = older.Machines.ToDictionary(m => m.Hostname);
            foreach (var name in changes.Removed)
            {
                Assert.That(result.Remove(name), Is.True);
            }

            foreach (var machine in changes.Changed)
            {
                Assert.That(result.GetValueOrDefault(machine.Hostname), Is.Not.EqualTo(machine));
                result[machine.Hostname] = machine;
            }

            Assert.That(new MachineList(result.Values).Machines, Is.EqualTo(newer.Machines));
            Assert.That(MachineListChanges.Between(newer, new MachineList(newer.Machines)).IsEmpty, Is.True);
        }
    }

    [TestCase(100, 90, 10, false)]
    [TestCase(100, 89, 10, true)]
    [TestCase(2, 1, 0, false, TestName = "One machine may always go")]
    [TestCase(3, 1, 50, true)]
    [TestCase(100, 0, 100, false)]
    public void A_loss_is_measured_by_names(int before, int after, int percent, bool exceeds)
    {
        // New machines do not make up for lost ones.
        var newer = Enumerable.Range(0, after).Select(i => new Machine { Hostname = $"old{i}" }).Concat(Enumerable.Range(0, 50).Select(i => new Machine { Hostname = $"new{i}" }));
        var loss = MachineListLoss.Between(new MachineList(Enumerable.Range(0, before).Select(i => new Machine { Hostname = $"old{i}" })), new MachineList(newer));
        Assert.That((loss.Lost, loss.Of, loss.Exceeds(percent)), Is.EqualTo((before - after, before, exceeds)));
        Assert.That(loss.Examples, Has.Count.EqualTo(Math.Min(10, before - after)));
    }

    private static MachineList Merge(params Machine[][] sources) => MachineMerge.Merge([.. sources.Select(s => new MachineList(s))], MachineList.Empty);

    private static MachineList RandomList(Random random) => new(
        Enumerable.Range(0, 20).Where(_ => random.Next(2) == 0).Select(i => new Machine { Hostname = $"h{i}", Location = $"{random.Next(3)}" }));
}
