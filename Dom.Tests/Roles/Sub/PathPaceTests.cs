using Dom.Core.Linux;
using Dom.Roles.Sub;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

public sealed class PathPaceTests
{
    private static readonly UnixPath Path = UnixPath.Of("/etc/conf");

    private readonly FakeTimeProvider _time = new();

    [Test]
    public void Failures_wait_longer_each_time_up_to_a_minute()
    {
        var pace = new PathPace(_time);
        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 32, 60, 60 })
        {
            pace.Failed([Path]);
            Assert.That(pace.RestOf(Path), Is.EqualTo(TimeSpan.FromSeconds(seconds)));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Assert.That(pace.RestOf(Path), Is.EqualTo(TimeSpan.Zero));
        }

        Assert.That(pace.IsFailing(Path), Is.True);
        Assert.That(pace.RestOf(UnixPath.Of("/etc/other")), Is.EqualTo(TimeSpan.Zero));
        _time.Advance(TimeSpan.FromMinutes(10));
        pace.Failed([Path]);
        Assert.That(pace.RestOf(Path), Is.EqualTo(TimeSpan.FromSeconds(1)), "after ten quiet minutes it is a path like any other");
        Assert.That(pace.IsFailing(Path), Is.False);
        pace.Forget();
        Assert.That(pace.IsEmpty, Is.True);
    }
}
