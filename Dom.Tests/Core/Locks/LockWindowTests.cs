using Dom.Core.Locks;

namespace Dom.Tests.Core.Locks;

/// <summary>Windows: days, midnight, the end of the week, clocks that change.</summary>
public sealed class LockWindowTests
{
    [TestCase("14:00 1h UTC", "2026-03-05T13:59:59Z", false)]
    [TestCase("14:00 1h UTC", "2026-03-05T14:00:00Z", true)]
    [TestCase("14:00 1h UTC", "2026-03-05T14:59:59Z", true)]
    [TestCase("14:00 1h UTC", "2026-03-05T15:00:00Z", false)]
    [TestCase("Thu 23:00 1h30m UTC", "2026-03-06T00:29:00Z", true)]
    [TestCase("Thu 23:00 1h30m UTC", "2026-03-06T23:10:00Z", false)]
    [TestCase("Sun 23:30 2h UTC", "2026-03-02T01:00:00Z", true)]
    [TestCase("Sat 00:00 160h UTC", "2026-03-06T15:00:00Z", true)]
    [TestCase("mon,WED 9:5 10m UTC", "2026-03-04T09:10:00Z", true)]
    [TestCase("mon,WED 9:5 10m UTC", "2026-03-03T09:10:00Z", false)]
    [TestCase("02:00 1h Europe/Berlin", "2026-01-15T01:30:00Z", true)]
    public void Is_open_from_its_start_to_before_its_end(string window, string now, bool open) =>
        Assert.That(LockWindow.Parse(window, TimeZoneInfo.Utc).IsOpen(At(now)), Is.EqualTo(open));

    [TestCase("2026-03-08T06:59:00Z", false, Description = "before the gap")]
    [TestCase("2026-03-08T07:00:00Z", true, Description = "02:30 does not exist that day; 03:00 is the next minute that does")]
    [TestCase("2026-03-08T07:29:00Z", true)]
    [TestCase("2026-03-08T07:30:00Z", false)]
    public void A_start_that_clocks_skip_is_the_next_minute_that_exists(string now, bool open) =>
        Assert.That(LockWindow.Parse("02:30 30m America/New_York", TimeZoneInfo.Utc).IsOpen(At(now)), Is.EqualTo(open));

    [TestCase("2026-11-01T05:30:00Z", true)]
    [TestCase("2026-11-01T06:00:00Z", false)]
    [TestCase("2026-11-01T06:30:00Z", true)]
    [TestCase("2026-11-01T07:00:00Z", false)]
    public void A_start_that_comes_twice_opens_it_twice(string now, bool open) =>
        Assert.That(LockWindow.Parse("01:30 30m America/New_York", TimeZoneInfo.Utc).IsOpen(At(now)), Is.EqualTo(open));

    [TestCase("thu", "DAYS")]
    [TestCase("25:00 1h", "invalid time of day \"25:00\": hour must be >= 0 and <= 23")]
    [TestCase("23:61 1h", "invalid time of day \"23:61\": minute must be >= 0 and <= 59")]
    [TestCase("foo 14:00 1h", "invalid day of week \"foo\"")]
    [TestCase("14:00xyz 1h", "invalid time of day")]
    [TestCase("14:00 24h", "must be above 0 and below 24h")]
    [TestCase("Sat 14:00 168h", "must be above 0 and below 168h")]
    [TestCase("14:00 0s", "must be above 0")]
    [TestCase("14:00 -1h", "no length")]
    [TestCase("14:00 90", "without a unit")]
    [TestCase("14:00 1h Nowhere/City", "no time zone")]
    [TestCase("", "DAYS")]
    public void What_is_no_window_is_refused(string text, string why) =>
        Assert.That(() => LockWindow.Parse(text, TimeZoneInfo.Utc), Throws.TypeOf<FormatException>().With.Message.Contains(why));

    [Test]
    public void The_next_opening_is_the_first_one_to_come()
    {
        var window = LockWindow.Parse("Thu 02:00 1h UTC", TimeZoneInfo.Utc);
        Assert.That(window.NextOpening(At("2026-01-01T02:00:00Z")), Is.EqualTo(At("2026-01-08T02:00:00Z")));
        Assert.That(window.NextOpening(At("2026-01-01T01:59:00Z")), Is.EqualTo(At("2026-01-01T02:00:00Z")));
        Assert.That(window.ToString(), Is.EqualTo("Thu 02:00 1h UTC"));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
