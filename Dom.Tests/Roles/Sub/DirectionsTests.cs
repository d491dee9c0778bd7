using Dom.Roles.Sub;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

public sealed class DirectionsTests
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(60);

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void A_direction_ends_when_nothing_is_heard_for_its_lifetime()
    {
        using var directions = new Directions(_time);
        using var direction = directions.Begin(Lifetime, CancellationToken.None);

        _time.Advance(TimeSpan.FromSeconds(59));
        Assert.That(direction.Token.IsCancellationRequested, Is.False);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.That(direction.Token.IsCancellationRequested, Is.True);
    }

    [Test]
    public void Polls_renew_a_direction_whatever_the_wall_clock_says()
    {
        using var directions = new Directions(_time);
        using var direction = directions.Begin(Lifetime, CancellationToken.None);

        for (var i = 0; i < 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(50));
            _time.JumpWallClock(TimeSpan.FromHours(5));
            directions.Hear(halt: false, Lifetime);
        }

        Assert.That(direction.Token.IsCancellationRequested, Is.False);
    }

    [Test]
    public void A_halt_ends_what_runs_and_what_begins_until_it_is_over()
    {
        using var directions = new Directions(_time);
        using var running = directions.Begin(Lifetime, CancellationToken.None);

        directions.Hear(halt: true, Lifetime);
        using var begun = directions.Begin(Lifetime, CancellationToken.None);
        Assert.That(running.Token.IsCancellationRequested && begun.Token.IsCancellationRequested, Is.True);
        Assert.That(directions.Halted, Is.True);

        directions.Hear(halt: false, Lifetime);
        using var allowed = directions.Begin(Lifetime, CancellationToken.None);
        Assert.That(allowed.Token.IsCancellationRequested, Is.False);
    }
}
