using Dom.Core.Trees.Scanning;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Trees.Scanning;

[TestFixture]
public sealed class ReadLimiterTests
{
    [Test]
    [CancelAfter(30_000)]
    public async Task Reading_takes_the_time_the_limit_says(CancellationToken cancellationToken)
    {
        var time = new FakeTimeProvider();
        using var fixture = new ScanFixture(new ScanOptions { Time = time, Threads = 1 });
        File.WriteAllBytes(fixture.At("f"), new byte[10 * 65_536]);
        var limiter = new ReadLimiter(65_536, time);
        var scan = fixture.ScanAsync(cancellationToken, request: new ScanRequest { Limiter = limiter });
        var seconds = 0;
        while (await Task.WhenAny(scan, time.WhenTimersAsync(1, cancellationToken)) != scan)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            seconds++;
        }

        Assert.That((await scan).Duration, Is.EqualTo(TimeSpan.FromSeconds(9)));
        Assert.That(seconds, Is.EqualTo(9));
    }

    [Test]
    public void A_limit_of_nothing_is_refused() =>
        Assert.That(() => new ReadLimiter(0, TimeProvider.System), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
