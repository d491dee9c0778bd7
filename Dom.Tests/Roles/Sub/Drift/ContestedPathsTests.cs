using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Roles.Sub.Drift;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Drift;

/// <summary>Rule 26.</summary>
public sealed class ContestedPathsTests
{
    private static readonly UnixPath Path = UnixPath.Of("/etc/motd");

    [Test]
    public void The_sixth_correction_within_ten_minutes_makes_a_path_contested()
    {
        var time = new FakeTimeProvider();
        var paths = new ContestedPaths(time);
        for (var i = 1; i <= 5; i++)
        {
            Assert.That(paths.Note(Path, TimeSpan.Zero), Is.False, $"correction {i}");
            time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.That((paths.Advance(), paths.Deferred.Count), Is.EqualTo((false, 0)));
        Assert.That(paths.Note(Path, TimeSpan.Zero), Is.True);
        Assert.That(paths.Advance(), Is.True);
        Assert.That(paths.Deferred, Is.EqualTo([Path]));
        var report = paths.Report(new PollResponse { Epoch = 1, Generation = 1 });
        Assert.That((report.Contested, report.ContestedPaths.Single()), Is.EqualTo((1, new ContestedPath { Path = Path, Corrections = 6 })));
    }

    [Test]
    public void Corrections_that_are_far_apart_are_not_contested()
    {
        var time = new FakeTimeProvider();
        var paths = new ContestedPaths(time);
        for (var i = 0; i < 20; i++)
        {
            Assert.That(paths.Note(Path, TimeSpan.Zero), Is.False);
            time.Advance(TimeSpan.FromMinutes(2));
        }
    }

    [Test]
    public void A_contested_path_is_corrected_once_a_minute_and_free_again_when_it_is_left_alone()
    {
        var time = new FakeTimeProvider();
        var paths = new ContestedPaths(time);
        for (var i = 0; i < 6; i++)
        {
            paths.Note(Path, TimeSpan.Zero);
        }

        paths.Advance();
        var first = paths.Deferred;
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.That((paths.Advance(), ReferenceEquals(paths.Deferred, first)), Is.EqualTo((false, true)));

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((paths.Advance(), paths.Deferred.Count), Is.EqualTo((true, 0)));
        Assert.That(paths.Note(Path, TimeSpan.Zero), Is.True, "it is corrected, and goes on being contested");
        paths.Advance();
        Assert.That(paths.Deferred, Is.EqualTo([Path]));

        time.Advance(TimeSpan.FromMinutes(10));
        Assert.That(paths.Advance(), Is.True);
        Assert.That(paths.Report(new PollResponse { Epoch = 1, Generation = 1 }).Contested, Is.Zero);
    }

    [Test]
    public void Another_image_begins_without_the_past()
    {
        var paths = new ContestedPaths(new FakeTimeProvider());
        for (var i = 0; i < 7; i++)
        {
            paths.Note(Path, TimeSpan.Zero);
        }

        paths.Clear();
        Assert.That((paths.Deferred.Count, paths.Note(Path, TimeSpan.Zero)), Is.EqualTo((0, false)));
    }
}
