using Dom.Roles.Sub;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Sub;

[CancelAfter(10_000)]
public sealed class MasterWatchTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public async Task A_master_is_answered_once_a_second_unless_a_direction_runs_or_the_phase_has_changed(CancellationToken cancellationToken)
    {
        var watch = new MasterWatch(_time, NullLogger.Instance);
        watch.Hear("m");
        await watch.PaceAsync("m", () => false, 0, cancellationToken);
        watch.Answered("m", 0);

        Assert.That(watch.PaceAsync("m", () => true, 0, cancellationToken).IsCompleted, Is.True, "a direction runs");
        Assert.That(watch.PaceAsync("m", () => false, 1, cancellationToken).IsCompleted, Is.True, "the phase has changed");
        var paced = watch.PaceAsync("m", () => false, 0, cancellationToken);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.That(paced.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        await paced;
    }

    [Test]
    public void Another_master_is_named_for_a_minute()
    {
        var watch = new MasterWatch(_time, NullLogger.Instance);
        watch.Hear("first");
        watch.Hear("second");

        Assert.That(watch.Other("second"), Is.EqualTo("first"));
        _time.Advance(TimeSpan.FromSeconds(61));
        watch.Hear("second");
        Assert.That(watch.Other("second"), Is.Empty);
    }
}
