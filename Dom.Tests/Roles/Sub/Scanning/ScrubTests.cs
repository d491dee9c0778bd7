using System.Diagnostics;
using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Roles.Sub.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub.Scanning;

/// <summary>Reading everything again: what nothing but the content tells.</summary>
[CancelAfter(180_000)]
public sealed class ScrubTests
{
    [Test]
    public async Task What_changes_below_the_file_system_is_found_although_a_running_program_has_it_right_in_memory(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        var mounted = directory.CreateDirectory("mounted");
        using var disk = await DiskImage.MountAsync(directory.Combine("image"), mounted, 32);
        File.Copy("/bin/sleep", mounted + "/program");
        File.WriteAllText(mounted + "/other", "as it was");
        using var program = Process.Start(mounted + "/program", "600");
        try
        {
            await using var fixture = await WatchFixture.StartAsync(
                cancellationToken,
                path: mounted,
                change: static o => o with { MinSweepInterval = TimeSpan.FromMilliseconds(50), ScanSpeedPercent = 100, ScrubCpuPercent = 50 });
            var right = ObjectId.Of(await File.ReadAllBytesAsync("/bin/sleep", cancellationToken));
            Assert.That(fixture.Find("/program").Content, Is.EqualTo(right));

            await disk.CorruptAsync("/program");
            await fixture.UntilAsync(() => fixture.Watch.ChangedSilently > 0, "the media pass", cancellationToken);
            await fixture.UntilAsync(() => fixture.Find("/program").Content != right, "what the disk has", cancellationToken);
            Assert.That(ObjectId.Of(await File.ReadAllBytesAsync(mounted + "/program", cancellationToken)), Is.EqualTo(right), "programs still see what is in memory");
            Assert.That(fixture.Watch.DirectRefused, Is.Zero);

            // Neither sweeps nor the memory pass take that back.
            var (scans, passes) = (fixture.Watch.Scans, fixture.Watch.ScrubPasses);
            await fixture.UntilAsync(() => fixture.Watch.Scans > scans + 1 && fixture.Watch.ScrubPasses > passes + 1, "further looks", cancellationToken);
            Assert.That(fixture.Find("/program").Content, Is.Not.EqualTo(right));
        }
        finally
        {
            program.Kill();
            await program.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Test]
    public void Short_of_processor_disk_or_memory_means_next_to_no_reading_until_a_minute_of_calm()
    {
        using var directory = new TempDirectory();
        var clock = new FakeTimeProvider();
        var pressure = new PressureWatch(clock, directory.Path);
        var speed = new ScrubSpeed(2, pressure, clock);
        speed.Measure(1L << 34, TimeSpan.FromSeconds(1), ofDevice: true);
        Assert.That(PercentNow(), Is.EqualTo(2).Within(0.01), "a kernel that tells nothing");

        Tell("io", 55.5);
        Assert.That(PercentNow(), Is.EqualTo(0.1).Within(0.01));
        Tell("io", 30);
        Advance(120);
        Assert.That(PercentNow(), Is.EqualTo(0.1).Within(0.01), "still more than half of it");
        Tell("io", 1);
        Advance(30);
        Assert.That(PercentNow(), Is.EqualTo(0.1).Within(0.01), "not calm for long enough");
        Advance(40);
        Assert.That(PercentNow(), Is.EqualTo(2).Within(0.01));

        void Tell(string what, double percent) => directory.WriteFile(
            what, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"some avg10={percent:F2} avg60=0.00 avg300=0.00 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"));

        double PercentNow()
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            speed.Adapt();
            return 100.0 * speed.Limiter.BytesPerSecond / (1L << 34);
        }

        void Advance(int seconds)
        {
            for (var i = 0; i < seconds; i += 5)
            {
                _ = PercentNow();
            }
        }
    }

    [Test]
    public void The_speed_of_the_device_replaces_what_was_measured_through_the_page_cache()
    {
        using var none = new TempDirectory();
        var clock = new FakeTimeProvider();
        var speed = new ScrubSpeed(100, new PressureWatch(clock, none.Path), clock);
        speed.Measure(1000 << 20, TimeSpan.FromSeconds(1));
        speed.Measure(50 << 20, TimeSpan.FromSeconds(1), ofDevice: true);
        speed.Measure(1000 << 20, TimeSpan.FromSeconds(1));
        Assert.That(speed.Limiter.BytesPerSecond, Is.EqualTo(50 << 20));
    }

    [Test]
    public void When_everything_was_last_read_is_known_over_restarts()
    {
        using var directory = new TempDirectory();
        using var handle = DirectoryHandle.Open(directory.Path);
        var clock = new FakeTimeProvider();
        var begin = clock.GetUtcNow();
        Assert.That(new ScrubRecord(handle, clock).LastPass, Is.EqualTo(begin));
        clock.Advance(TimeSpan.FromDays(3));
        var record = new ScrubRecord(handle, clock);
        Assert.That(record.LastPass, Is.EqualTo(begin));
        record.Passed();
        clock.Advance(TimeSpan.FromDays(1));
        Assert.That(new ScrubRecord(handle, clock).LastPass, Is.EqualTo(begin.AddDays(3)));
        directory.WriteFile("scrubbed", "garbage");
        Assert.That(new ScrubRecord(handle, clock).LastPass, Is.EqualTo(begin.AddDays(4)));
    }

    [Test]
    public async Task A_pass_that_does_not_end_in_its_period_is_said(CancellationToken cancellationToken)
    {
        await using var fixture = await WatchFixture.StartAsync(cancellationToken, change: static o => o with { ScrubPeriod = TimeSpan.FromMilliseconds(200) });
        await fixture.UntilAsync(() => fixture.Watch.IsScrubOverdue, "the alarm", cancellationToken);
    }
}
