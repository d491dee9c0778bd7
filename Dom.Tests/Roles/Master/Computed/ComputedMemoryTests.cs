using Dom.Roles.Master.Computed;

namespace Dom.Tests.Roles.Master.Computed;

[CancelAfter(60_000)]
public sealed class ComputedMemoryTests
{
    private const long Largest = 10;

    [Test]
    public async Task What_does_not_fit_waits_until_there_is_room_for_it(CancellationToken cancellationToken)
    {
        var memory = new ComputedMemory(30, Largest);
        var shares = Enumerable.Range(0, 4).Select(_ => memory.Open()).ToArray();
        await shares[0].TakeAsync(10, cancellationToken);
        await shares[1].TakeAsync(10, cancellationToken);
        await shares[2].TakeAsync(10, cancellationToken);
        Assert.That(memory.Taken, Is.EqualTo(30), "to the last byte");
        var waits = shares[3].TakeAsync(1, cancellationToken);
        Assert.That((waits.IsCompleted, shares[3].IsWaiting, memory.Waiting, memory.Taken), Is.EqualTo((false, true, 1, 30L)));

        shares[0].Dispose();
        await waits;
        Assert.That((shares[3].IsWaiting, memory.Waiting, memory.Taken), Is.EqualTo((false, 0, 21L)));
        shares[0].Dispose();
        Assert.That(memory.Taken, Is.EqualTo(21), "given back once");
        Array.ForEach(shares, static s => s.Dispose());
        Assert.That(memory.Taken, Is.Zero);
    }

    [Test]
    public async Task A_wait_that_is_cancelled_takes_nothing_and_lets_the_next_one_through(CancellationToken cancellationToken)
    {
        var memory = new ComputedMemory(20, Largest);
        using var first = memory.Open();
        using var second = memory.Open();
        using var third = memory.Open();
        using var fourth = memory.Open();
        await first.TakeAsync(9, cancellationToken);
        await second.TakeAsync(9, cancellationToken);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = third.TakeAsync(5, cancel.Token);
        var behind = fourth.TakeAsync(1, cancellationToken);
        Assert.That((waits.IsCompleted, behind.IsCompleted), Is.EqualTo((false, false)), "nobody goes past one who waits, small as he is");

        await cancel.CancelAsync();
        Assert.That(async () => await waits, Throws.InstanceOf<OperationCanceledException>());
        await behind;
        Assert.That((third.IsWaiting, third.Bytes, memory.Taken, memory.Waiting), Is.EqualTo((true, 0L, 19L, 0)));
        Assert.That(async () => await third.TakeAsync(2, cancel.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That((memory.Taken, memory.Waiting), Is.EqualTo((19L, 0)));
    }

    [Test]
    public async Task Sets_that_have_a_part_and_wait_for_the_rest_do_not_wait_for_each_other(CancellationToken cancellationToken)
    {
        // Everybody has a part, together all that is there for all; nobody could go on without what is set aside.
        var memory = new ComputedMemory(30, Largest);
        var shares = Enumerable.Range(0, 4).Select(_ => memory.Open()).ToArray();
        foreach (var share in shares)
        {
            await share.TakeAsync(5, cancellationToken);
        }

        var order = new List<int>();
        await Task.WhenAll(shares.Select(async (share, i) =>
        {
            await share.TakeAsync(3, cancellationToken);
            await share.TakeAsync(2, cancellationToken);
            Assert.That(memory.Taken, Is.LessThanOrEqualTo(30));
            lock (order)
            {
                order.Add(i);
            }

            share.Dispose();
        }));
        Assert.That(order[0], Is.Zero, "who came first ends first");
        Assert.That((memory.Taken, memory.Waiting), Is.EqualTo((0L, 0)));
    }

    [Test]
    public async Task A_big_set_gets_its_turn_however_many_small_ones_come(CancellationToken cancellationToken)
    {
        var memory = new ComputedMemory(20, Largest);
        using var pushing = memory.Open();
        await pushing.TakeAsync(10, cancellationToken);
        using var other = memory.Open();
        await other.TakeAsync(10, cancellationToken);
        using var big = memory.Open();
        var waits = big.TakeAsync(10, cancellationToken);
        var small = Enumerable.Range(0, 100).Select(_ => memory.Open()).ToList();
        var behind = small.ConvertAll(s => s.TakeAsync(1, cancellationToken));
        other.Dispose();
        await waits;
        Assert.That((big.Bytes, behind.Count(static b => b.IsCompleted)), Is.EqualTo((10L, 0)), "as soon as there is room for it, and before all who came later");
        pushing.Dispose();
        big.Dispose();
        foreach (var (share, wait) in small.Zip(behind))
        {
            await wait;
            share.Dispose();
        }

        Assert.That(memory.Taken, Is.Zero);
    }

    [Test]
    public async Task At_random_it_is_never_exceeded_and_everybody_ends(CancellationToken cancellationToken)
    {
        var memory = new ComputedMemory(25, Largest);
        var most = 0L;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(seed => Task.Run(
            async () =>
            {
                var random = new Random(seed);
                for (var round = 0; round < 20; round++)
                {
                    using var share = memory.Open();
                    using var cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                    cancel.CancelAfter(random.Next(4) == 0 ? random.Next(3) : Timeout.Infinite);
                    try
                    {
                        for (var left = Largest; left > 0 && random.Next(8) > 0;)
                        {
                            var bytes = random.NextInt64(0, left + 1);
                            await share.TakeAsync(bytes, cancel.Token);
                            left -= bytes;
                            InterlockedMax(ref most, memory.Taken);
                            await Task.Yield();
                        }
                    }
                    catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                    {
                        continue;
                    }
                }
            },
            cancellationToken)));
        Assert.That((memory.Taken, memory.Waiting), Is.EqualTo((0L, 0)));
        Assert.That(most, Is.InRange(Largest, 25));
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var known = Volatile.Read(ref most); value > known; known = Volatile.Read(ref most))
        {
            Interlocked.CompareExchange(ref most, value, known);
        }
    }
}
