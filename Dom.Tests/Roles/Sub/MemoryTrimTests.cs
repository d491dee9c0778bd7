using System.Runtime.CompilerServices;
using Dom.Roles.Sub;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Sub;

/// <summary>Memory is given back when that is worth it, and seldom.</summary>
public sealed class MemoryTrimTests
{
    private const long Mebi = 1 << 20;

    [Test]
    public void The_heap_is_collected_after_the_first_scan_and_again_when_it_has_grown_at_most_every_ten_minutes()
    {
        var time = new FakeTimeProvider();
        var committed = 60 * Mebi;
        var trim = new MemoryTrim(time, () => committed, () => committed = 30 * Mebi);
        Assert.That(trim.TrimIfWorthIt(), Is.True);
        committed = 60 * Mebi;
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.That(trim.TrimIfWorthIt(), Is.False, "too soon");
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.That(trim.TrimIfWorthIt(), Is.True);
        committed = 33 * Mebi;
        time.Advance(TimeSpan.FromMinutes(11));
        Assert.That(trim.TrimIfWorthIt(), Is.False, "not worth it");
    }

    [Test]
    public void What_is_given_back_is_gone_from_the_heap()
    {
        var garbage = MakeGarbage();
        Assert.That(new MemoryTrim(TimeProvider.System).TrimIfWorthIt(), Is.True);
        Assert.That(garbage.IsAlive, Is.False);
    }

    /// <summary>Apart, so that nothing on the stack still points to it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference MakeGarbage() => new(new byte[40 * Mebi]);
}
