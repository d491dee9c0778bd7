using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;
using Dom.Roles.Master.State;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Master.Policy;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class BrakeTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _woken = [];

    [Test]
    public void Five_percent_of_a_directory_take_a_turn_at_once_and_the_next_is_woken_when_one_ends()
    {
        using var brake = Started(100, "web/2");
        var granted = Enumerable.Range(0, 100).Where(i => brake.Ask($"m{i}", "web/2") == TurnAnswer.Granted).ToList();
        Assert.That(granted, Has.Count.EqualTo(5));
        brake.End("m0", TurnEnd.Done, "");
        Assert.That(_woken, Is.EqualTo(new[] { "m5" }));
        Assert.That(brake.Ask("m50", "web/2"), Is.EqualTo(TurnAnswer.Waiting), "the free turn is m5's");
        Assert.That(brake.Ask("m5", "web/2"), Is.EqualTo(TurnAnswer.Granted));
    }

    [Test]
    public void One_machine_may_always_be_updated_and_directories_do_not_share()
    {
        using var brake = New();
        brake.SetFleet(new Dictionary<string, string> { ["a"] = "web/2", ["b"] = "web/2", ["c"] = "mail/7", ["d"] = "plain" });
        Hear(brake, ("a", "web/2"), ("b", "web/2"), ("c", "mail/7"), ("d", "plain"));
        Assert.That(brake.Ask("a", "web/2"), Is.EqualTo(TurnAnswer.Granted));
        Assert.That(brake.Ask("b", "web/2"), Is.EqualTo(TurnAnswer.Waiting));
        Assert.That(brake.Ask("c", "mail/7"), Is.EqualTo(TurnAnswer.Granted));
        Assert.That(brake.Ask("d", "plain"), Is.EqualTo(TurnAnswer.Granted));
        Assert.That(brake.Ask("a", "web/2"), Is.EqualTo(TurnAnswer.Held));
    }

    [Test]
    public async Task Three_failed_machines_stop_an_image_until_it_is_cleared_by_name()
    {
        using var brake = Started(100, "web/2");
        Assert.That(Fail(brake, "m0"), Is.False);
        Assert.That(Fail(brake, "m0"), Is.False, "the same machine counts once");
        Assert.That(Fail(brake, "m1"), Is.False);
        Assert.That(Fail(brake, "m2"), Is.True);
        Assert.That(brake.Ask("m3", "web/2"), Is.EqualTo(TurnAnswer.Halted));
        Assert.That(brake.Ask("m3", "web/1"), Is.EqualTo(TurnAnswer.Granted), "another image of the directory rolls");
        Assert.That(brake.Halts().Single().Reason, Does.Contain("m2"));
        Assert.That(await brake.ClearHaltAsync("web/1", () => Task.CompletedTask), Is.False);
        Assert.That(await brake.ClearHaltAsync("web/2", () => Task.CompletedTask), Is.True);
        Assert.That(brake.Ask("m4", "web/2"), Is.EqualTo(TurnAnswer.Granted));
    }

    [Test]
    public void In_a_large_directory_one_percent_may_fail_and_a_number_is_taken_as_it_is()
    {
        Assert.That(new BrakeLimits().FailuresOf(1_000), Is.EqualTo(10));
        Assert.That(new BrakeLimits().FailuresOf(10), Is.EqualTo(3));
        Assert.That(new BrakeLimits { MaxFailures = CountOrPercent.Count(1) }.FailuresOf(1_000), Is.EqualTo(1));
        Assert.That(new BrakeLimits().UpdatingOf(19), Is.EqualTo(1));
        Assert.That(new BrakeLimits().UpdatingOf(10_000), Is.EqualTo(500));
    }

    [Test]
    public void A_machine_that_becomes_compliant_after_all_no_longer_counts_as_failed()
    {
        using var brake = Started(100, "web/2");
        Fail(brake, "m0");
        Fail(brake, "m1");
        brake.Ask("m0", "web/2");
        brake.End("m0", TurnEnd.Done, "");
        Assert.That(Fail(brake, "m2"), Is.False);
    }

    [Test]
    public void After_a_restart_turns_count_and_none_is_given_before_the_fleet_was_heard()
    {
        BrakeState state;
        using (var before = Started(40, "web/2"))
        {
            before.Ask("m0", "web/2");
            before.Ask("m1", "web/2");
            Fail(before, "m1");
            state = before.Snapshot();
        }

        using var brake = New(state);
        brake.SetFleet(Fleet(40, "web/2"));
        Assert.That(brake.TurnOf("m0"), Is.EqualTo("web/2"));
        Assert.That(brake.TurnOf("m1"), Is.Null);
        for (var i = 2; i < 39; i++)
        {
            brake.Heard($"m{i}", "web/2");
        }

        Assert.That(brake.Ask("m2", "web/2"), Is.EqualTo(TurnAnswer.Restarting), "37 of 40 are less than 95 %");
        brake.Heard("m39", "web/2");
        Assert.That(_woken, Is.EqualTo(new[] { "m2" }), "38 of 40 are 95 %; two may be updated and m0 still is");
        Assert.That(brake.Ask("m2", "web/2"), Is.EqualTo(TurnAnswer.Granted));
        Assert.That(brake.Ask("m3", "web/2"), Is.EqualTo(TurnAnswer.Waiting));
    }

    [Test]
    public void After_a_restart_sixty_seconds_are_waited_for_machines_that_do_not_answer()
    {
        using var brake = New();
        brake.SetFleet(Fleet(40, "web/2"));
        Assert.That(brake.Ask("m0", "web/2"), Is.EqualTo(TurnAnswer.Restarting));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.That(_woken, Is.Empty);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(_woken, Is.EqualTo(new[] { "m0" }));
        Assert.That(brake.Ask("m0", "web/2"), Is.EqualTo(TurnAnswer.Granted));
    }

    [Test]
    public void A_halted_image_stays_halted_over_a_restart_with_its_failures()
    {
        using var before = Started(100, "web/2");
        Fail(before, "m0");
        Fail(before, "m1");
        using (var again = New(before.Snapshot()))
        {
            again.SetFleet(Fleet(100, "web/2"));
            _clock.Advance(TimeSpan.FromSeconds(60));
            Assert.That(Fail(again, "m2"), Is.True, "failures before the restart count");
            using var third = New(again.Snapshot());
            Assert.That(third.Ask("m9", "web/2"), Is.EqualTo(TurnAnswer.Halted));
        }
    }

    [Test]
    public void A_machine_that_leaves_the_list_gives_its_turn_to_the_next()
    {
        using var brake = Started(20, "web/2");
        brake.Ask("m0", "web/2");
        brake.Ask("m1", "web/2");
        brake.SetFleet(Fleet(20, "web/2").Where(m => m.Key != "m0").ToDictionary());
        Assert.That(brake.TurnOf("m0"), Is.Null);
        Assert.That(_woken, Is.EqualTo(new[] { "m1" }));
    }

    [Test]
    public void A_turn_follows_the_machine_to_another_version_but_not_to_another_directory()
    {
        using var brake = New();
        brake.SetFleet(new Dictionary<string, string> { ["a"] = "web/2", ["b"] = "mail/1" });
        Hear(brake, ("a", "web/2"), ("b", "mail/1"));
        brake.Ask("a", "web/2");
        Assert.That(brake.Ask("a", "web/3"), Is.EqualTo(TurnAnswer.Granted), "it must be made durable again");
        Assert.That(brake.TurnOf("a"), Is.EqualTo("web/3"));
        brake.Ask("b", "mail/1");
        Assert.That(brake.Ask("a", "mail/1"), Is.EqualTo(TurnAnswer.Waiting));
        Assert.That(brake.TurnOf("a"), Is.Null);
    }

    [Test]
    public void Who_withdraws_from_the_line_lets_the_next_through()
    {
        using var brake = Started(20, "web/2");
        brake.Ask("m0", "web/2");
        brake.Ask("m1", "web/2");
        brake.Ask("m2", "web/2");
        brake.End("m0", TurnEnd.Done, "");
        brake.Withdraw("m1");
        Assert.That(_woken, Is.EqualTo(new[] { "m1", "m2" }));
        Assert.That(brake.Ask("m2", "web/2"), Is.EqualTo(TurnAnswer.Granted));
        brake.Withdraw("m2");
        Assert.That(brake.TurnOf("m2"), Is.Not.Null, "a turn is not given up by withdrawing");
    }

    private static Dictionary<string, string> Fleet(int machines, string image) => Enumerable.Range(0, machines).ToDictionary(i => $"m{i}", _ => image);

    private static bool Fail(Brake brake, string host)
    {
        Assert.That(brake.Ask(host, "web/2"), Is.EqualTo(TurnAnswer.Granted).Or.EqualTo(TurnAnswer.Held));
        return brake.End(host, TurnEnd.Failed, "it broke");
    }

    private static void Hear(Brake brake, params (string Host, string Image)[] machines)
    {
        foreach (var (host, image) in machines)
        {
            brake.Heard(host, image);
        }
    }

    private Brake New(BrakeState? state = null) => new(new BrakeLimits(), state ?? new BrakeState(), _clock, _woken.Add);

    private Brake Started(int machines, string image)
    {
        var brake = New();
        brake.SetFleet(Fleet(machines, image));
        Hear(brake, [.. Enumerable.Range(0, machines).Select(i => ($"m{i}", image))]);
        return brake;
    }
}
