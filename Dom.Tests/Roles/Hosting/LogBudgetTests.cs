using Dom.Roles.Hosting;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Hosting;

public sealed class LogBudgetTests
{
    [Test]
    public void A_stranger_gets_a_few_lines_and_the_next_window_says_how_many_were_left_out()
    {
        var time = new FakeTimeProvider();
        var budget = new LogBudget(time, lines: 3, TimeSpan.FromSeconds(10));
        var written = Enumerable.Range(0, 100).Count(_ => budget.TryTake(out var _));
        Assert.That(written, Is.EqualTo(3));
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.That(budget.TryTake(out var suppressed), Is.True);
        Assert.That(suppressed, Is.EqualTo(97));
    }
}
