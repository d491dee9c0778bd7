using Dom.Roles.Master.Policy;
using Dom.Roles.Master.State;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Master.Policy;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SmallPolicyTests
{
    private readonly FakeTimeProvider _clock = new();

    [Test]
    public async Task A_safety_stop_is_cleared_for_one_plan_of_one_machine_and_stays_so_over_a_restart()
    {
        var clears = new SafetyClears(new SafetyState(), _clock);
        await clears.ClearAsync("a", ScriptedSub.Id("p1"), "alice", "meant", () => Task.CompletedTask);
        var restarted = new SafetyClears(clears.Snapshot(), _clock);
        Assert.That(restarted.Find("a", ScriptedSub.Id("p1")), Has.Property("Reason").EqualTo("meant"));
        Assert.That(restarted.Find("a", ScriptedSub.Id("p2")), Is.Null);
        Assert.That(restarted.Find("b", ScriptedSub.Id("p1")), Is.Null);
        Assert.That(restarted.Forget("a"), Is.True);
        Assert.That(restarted.Find("a", ScriptedSub.Id("p1")), Is.Null);
    }

    [Test]
    public void Each_image_server_grants_so_many_machines_and_required_images_go_first()
    {
        var woken = new List<string>();
        var admission = new FetchAdmission(1, woken.Add);
        Assert.That(admission.TryEnter("a", "s1", planned: false), Is.True);
        Assert.That(admission.TryEnter("p", "s1", planned: true), Is.False);
        Assert.That(admission.TryEnter("b", "s1", planned: false), Is.False);
        Assert.That(admission.TryEnter("c", "s2", planned: true), Is.True, "another server");
        admission.Leave("a");
        Assert.That(woken, Is.EqualTo(new[] { "b" }));
        Assert.That(admission.TryEnter("b", "s2", planned: false), Is.False, "it moved to the other server's line");
        Assert.That(woken, Is.EqualTo(new[] { "b", "p" }), "and p may read from the first");
        Assert.That(admission.Use()["s2"], Is.EqualTo((1, 1)));
    }

    [Test]
    public void Waiting_times_double_up_to_the_longest_with_jitter_and_start_anew_after_success()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(8), new Random(3));
        foreach (var whole in new[] { 1, 2, 4, 8, 8, 8 })
        {
            Assert.That(backoff.Next().TotalSeconds, Is.InRange(whole / 2.0, whole));
        }

        backoff.Reset();
        Assert.That(backoff.Next().TotalSeconds, Is.InRange(0.5, 1));
    }

    [Test]
    public void A_machine_that_answers_all_the_time_is_polled_twice_a_second_after_a_burst()
    {
        var pace = new PollPace(_clock);
        for (var i = 0; i < 20; i++)
        {
            Assert.That(pace.Next(), Is.EqualTo(TimeSpan.Zero));
        }

        var start = _clock.GetTimestamp();
        for (var i = 0; i < 100; i++)
        {
            _clock.Advance(pace.Next());
        }

        Assert.That(_clock.GetElapsedTime(start).TotalSeconds, Is.InRange(49, 51));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.That(pace.Next(), Is.EqualTo(TimeSpan.Zero));
    }

    [Test]
    public void Every_status_has_a_word_of_its_own_and_belongs_somewhere()
    {
        Assert.That(MachineStatuses.All.Select(s => s.Word()), Is.Unique);
        foreach (var status in MachineStatuses.All)
        {
            Assert.That(MachineStatuses.TryParse(status.Word(), out var parsed) && parsed == status, Is.True);
            Assert.That(status.IsAlive() && status.IsUnreachable(), Is.False);
        }
    }
}
