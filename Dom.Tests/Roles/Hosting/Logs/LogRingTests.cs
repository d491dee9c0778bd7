using Dom.Roles.Hosting.Logs;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Dom.Tests.Roles.Hosting.Logs;

public sealed class LogRingTests
{
    [Test]
    public void The_newest_lines_are_kept_and_the_others_counted()
    {
        var ring = new LogRing(new FakeTimeProvider());
        Assert.That(ring.Read(0, out var last, out var lost), Is.Empty);
        Assert.That((last, lost), Is.EqualTo((0L, 0L)));
        for (var i = 1; i <= 3_000; i++)
        {
            ring.Add(LogLevel.Information, "c", default, $"line {i}");
        }

        var kept = ring.Read(0, out last, out lost);
        Assert.That((last, lost, kept.Count), Is.EqualTo((3_000L, 3_000L - LogRing.MaxLines, LogRing.MaxLines)));
        Assert.That(kept.Select(l => l.Number), Is.EqualTo(Enumerable.Range(3_000 - LogRing.MaxLines + 1, LogRing.MaxLines)));
        Assert.That(kept.All(l => l.Message == $"line {l.Number}"), Is.True);
        Assert.That(ring.Read(2_999, out _, out lost).Single().Message, Is.EqualTo("line 3000"));
        Assert.That(lost, Is.Zero);
        Assert.That(ring.Read(3_000, out _, out lost), Is.Empty);
        Assert.That(lost, Is.Zero);
        ring.Read(1_000, out _, out lost);
        Assert.That(lost, Is.EqualTo(3_000 - LogRing.MaxLines - 1_000));
    }

    [Test]
    public void Large_lines_push_out_more_than_one()
    {
        var ring = new LogRing(new FakeTimeProvider());
        var large = new string('x', LogRing.MaxMessage);
        for (var i = 0; i < LogRing.MaxLines; i++)
        {
            ring.Add(LogLevel.Information, "c", default, "small");
        }

        for (var i = 0; i < 2 * LogRing.MaxLines; i++)
        {
            ring.Add(LogLevel.Information, "c", default, large);
            Assert.That(ring.Read(0, out _, out _).Sum(l => (long)l.Message.Length), Is.LessThanOrEqualTo(LogRing.MaxCharacters));
        }

        Assert.That(ring.Read(0, out _, out _), Has.Count.EqualTo(LogRing.MaxCharacters / LogRing.MaxMessage));
    }

    [Test, CancelAfter(60_000)]
    public async Task Every_line_of_many_writers_is_read_or_counted_as_lost(CancellationToken token)
    {
        var ring = new LogRing(TimeProvider.System);
        var each = Counts.Of(20_000, 500_000);
        var writers = Enumerable.Range(0, 4).Select(w => Task.Run(
            () =>
            {
                for (var i = 0; i < each; i++)
                {
                    ring.Add(LogLevel.Debug, $"w{w}", default, $"{i}");
                }
            },
            token)).ToArray();
        long at = 0, read = 0, lostInAll = 0;
        var newest = new Dictionary<string, int>();
        while (at < 4L * each)
        {
            await ring.AfterAsync(at).WaitAsync(token);
            var lines = ring.Read(at, out var last, out var lost);
            Assert.That(lines.Select(l => l.Number), Is.EqualTo(Enumerable.Range(0, lines.Count).Select(i => last - lines.Count + 1 + i)));
            foreach (var line in lines)
            {
                var number = int.Parse(line.Message, System.Globalization.CultureInfo.InvariantCulture);
                Assert.That(newest.TryGetValue(line.Category, out var before) ? before : -1, Is.LessThan(number), "the lines of a writer keep their order");
                newest[line.Category] = number;
            }

            read += lines.Count;
            lostInAll += lost;
            at = last;
        }

        await Task.WhenAll(writers);
        Assert.That(read + lostInAll, Is.EqualTo(4L * each));
    }
}
