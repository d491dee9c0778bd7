using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Trees.Filters;
using Dom.Roles.Sub;
using Dom.Roles.Sub.Scanning;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Sub.Scanning;

/// <summary>A watch that does not get to look at the files.</summary>
public sealed class OverdueTests
{
    [Test]
    public async Task A_look_is_overdue_after_three_intervals_without_one()
    {
        using var directory = new TempDirectory();
        using var root = DirectoryHandle.Open(directory.Path);
        var clock = new FakeTimeProvider();
        var scope = WatchScope.Of(PathFilter.Empty, new Dictionary<ObjectId, PathFilter>());
        var options = new SubOptions { SweepInterval = TimeSpan.FromSeconds(8) };
        await using var watch = new TreeWatch(root, scope, options, clock, NullLogger.Instance, static () => { });
        clock.Advance(TimeSpan.FromSeconds(24));
        Assert.That((watch.IsOverdue, watch.SinceLastScan), Is.EqualTo((false, TimeSpan.FromSeconds(24))));
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(watch.IsOverdue, Is.True);
    }
}
