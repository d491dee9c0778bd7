using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager;
using Dom.Roles.LockManager.Groups;
using Dom.Tests.Core.Locks;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.LockManager;

/// <summary>Many clients at once, over servers that fail and start again: what the clients saw is checked by <see cref="LockHistory"/>.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LockHistoryTests : IAsyncDisposable
{
    private const int Max = 3;
    private const int Clients = 12;

    private readonly LockGroupRig _rig = new();
    private readonly LockHistory _history = new();
    private volatile int _grants;

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Test, CancelAfter(120_000)]
    public async Task Clients_of_three_servers_over_a_store_that_fails_never_hold_more_than_may(CancellationToken token)
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        var store = new SharedStore(seed, faults: 0.05);
        var servers = await StartAsync(store, 3);
        await RunAsync(servers, seed, Counts.Of(60, 2_000), token);
        Assert.That(_history.Check(Max), Is.Empty);
        Assert.That(_grants, Is.GreaterThan(50), "the test must grant something to show anything");
    }

    [Test, CancelAfter(120_000)]
    public async Task A_store_that_writes_without_comparing_is_found_out(CancellationToken token)
    {
        for (var round = 0; round < 50; round++)
        {
            var history = new LockHistory();
            await using var rig = new LockGroupRig();
            var store = new SharedStore(round, isBlind: true);
            var servers = await StartAsync(store, 3, rig);
            await Task.WhenAll(Enumerable.Range(0, Clients).Select(c => ClientAsync(servers, history, c, round, 20, token)));
            if (history.Check(Max).Count > 0)
            {
                return;
            }
        }

        Assert.Fail("50 histories without compare-and-swap, and the checker found nothing");
    }

    [Test, CancelAfter(120_000)]
    public async Task The_file_store_keeps_its_word_over_restarts(CancellationToken token)
    {
        var seed = Random.Shared.Next();
        TestContext.Out.WriteLine($"seed {seed}");
        for (var start = 0; start < 4; start++)
        {
            // A copy of the directory at any moment is what a crash leaves: the journal's last record may be cut, all before it are whole.
            await using var store = _rig.OpenStore();
            var group = await _rig.OpenAsync(store, Options, clock: TimeProvider.System);
            await RunAsync([group], seed + start, Counts.Of(40, 1_000), token);
        }

        Assert.That(_history.Check(Max), Is.Empty);
        Assert.That(_grants, Is.GreaterThan(50));
    }

    [Test]
    public void The_checker_finds_what_is_wrong()
    {
        var history = new LockHistory();
        var a = Lock("a", 1);
        var b = Lock("b", 2);
        Assert.That(history.Check(2), Is.Empty);
        Assert.That(history.Check(1), Is.Not.Empty, "two hold and one may");
        history.Return(history.Invoke(LockHistory.Kind.Unlock, "a"), true);
        Lock("c", 3);
        Assert.That(history.Check(2), Is.Empty);
        Lock("d", 3);
        Assert.That(history.Check(9), Has.Some.Contains("grant 3 was given to c and d"));
        Assert.That((a.Grant, b.Grant), Is.EqualTo((1L, 2L)));

        var open = new LockHistory();
        open.Return(open.Invoke(LockHistory.Kind.Lock, "a"), true, 1);
        open.Invoke(LockHistory.Kind.Unlock, "a");
        open.Return(open.Invoke(LockHistory.Kind.Lock, "b"), true, 2);
        Assert.That(open.Check(1), Is.Empty, "an unlock without an answer may have been made");

        LockHistory.Call Lock(string id, long grant)
        {
            var call = history.Invoke(LockHistory.Kind.Lock, id);
            history.Return(call, true, grant);
            return call;
        }
    }

    private static LockGroupOptions Options => new() { Max = CountOrPercent.Count(Max), KeepPlace = TimeSpan.FromSeconds(1) };

    private async Task<LockGroup[]> StartAsync(SharedStore store, int servers, LockGroupRig? rig = null)
    {
        var groups = new LockGroup[servers];
        for (var i = 0; i < servers; i++)
        {
            while (groups[i] is null)
            {
                try
                {
                    groups[i] = await (rig ?? _rig).OpenAsync(store, Options, clock: TimeProvider.System);
                }
                catch (RpcException fault) when (fault.Status == RpcStatus.Unavailable)
                {
                    TestContext.Out.WriteLine($"server {i} starts again: {fault.Message}");
                }
            }
        }

        return groups;
    }

    private Task RunAsync(LockGroup[] servers, int seed, int rounds, CancellationToken token) =>
        Task.WhenAll(Enumerable.Range(0, Clients).Select(c => ClientAsync(servers, _history, c, seed, rounds, token)));

    private async Task ClientAsync(LockGroup[] servers, LockHistory history, int client, int seed, int rounds, CancellationToken token)
    {
        await Task.Yield();
        var random = new Random(seed + client);
        var id = $"c{client}";
        for (var i = 0; i < rounds; i++)
        {
            var server = servers[random.Next(servers.Length)];
            if (random.Next(3) > 0)
            {
                var call = history.Invoke(LockHistory.Kind.Lock, id);
                try
                {
                    var answer = await server.LockAsync(new LockAsk(id, "u"), random.Next(4) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 10)) : TimeSpan.Zero, token);
                    history.Return(call, true, answer.Grant);
                    Interlocked.Increment(ref _grants);
                }
                catch (RpcException fault) when (fault.Status == RpcStatus.Conflict)
                {
                    history.Return(call, false);
                }
                catch (RpcException fault) when (fault.Status == RpcStatus.Unavailable)
                {
                    // It may have been granted: who does not know gives it back before going on.
                    await ReleaseAsync(server, history, id);
                }
            }
            else
            {
                await ReleaseAsync(server, history, id);
            }
        }

        // Whoever ends lets the others go on.
        while (!await ReleaseAsync(servers[0], history, id))
        {
            token.ThrowIfCancellationRequested();
        }
    }

    private static async Task<bool> ReleaseAsync(LockGroup server, LockHistory history, string id)
    {
        var call = history.Invoke(LockHistory.Kind.Unlock, id);
        try
        {
            await server.UnlockAsync(id, "u", "", "", strict: false);
            history.Return(call, true);
            return true;
        }
        catch (RpcException fault) when (fault.Status == RpcStatus.Unavailable)
        {
            return false;
        }
    }
}
