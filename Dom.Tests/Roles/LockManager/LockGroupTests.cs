using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager;
using Dom.Roles.LockManager.Groups;

namespace Dom.Tests.Roles.LockManager;

/// <summary>Who gets a slot and when: order, windows, freezes, pauses, limits, owners, deadlines.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LockGroupTests : IAsyncDisposable
{
    private readonly LockGroupRig _rig = new();
    private readonly FileSemaphoreStore _store;

    public LockGroupTests() => _store = _rig.OpenStore();

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        await _rig.DisposeAsync();
    }

    [Test, CancelAfter(60_000)]
    public async Task A_free_slot_is_kept_for_who_asked_first_and_then_for_the_next(CancellationToken token)
    {
        var group = await _rig.OpenAsync(_store, new LockGroupOptions { KeepPlace = TimeSpan.FromMinutes(11) });
        await LockAsync(group, "a");
        await RefusedAsync(group, "d", LockErrorCode.LockHeld, "place 1");
        await RefusedAsync(group, "e", LockErrorCode.LockHeld, "place 2");
        await UnlockAsync(group, "a");
        await RefusedAsync(group, "e", LockErrorCode.LockHeld, "kept for those who asked first");
        await LockAsync(group, "d");
        await UnlockAsync(group, "d");
        _rig.Clock.Advance(TimeSpan.FromMinutes(5));
        await LockAsync(group, "e");
        await RefusedAsync(group, "f", LockErrorCode.LockHeld, "place 1");
        await UnlockAsync(group, "e");
        _rig.Clock.Advance(TimeSpan.FromMinutes(12));
        Assert.That((await LockAsync(group, "g")).AlreadyHeld, Is.False, "f did not ask again in two periods");
    }

    [Test, CancelAfter(60_000)]
    public async Task Who_waits_gets_the_slot_in_the_order_of_asking(CancellationToken token)
    {
        var group = await _rig.OpenAsync(_store);
        await LockAsync(group, "a");
        var order = new List<string>();
        var waiting = new List<Task>();
        foreach (var id in new[] { "w1", "w2", "w3" })
        {
            var first = group.LockAsync(new LockAsk(id, "u"), TimeSpan.FromHours(1), token);
            waiting.Add(ThenAsync(first, id));
            while (group.Waiting < waiting.Count)
            {
                await Task.Delay(1, token);
            }
        }

        await UnlockAsync(group, "a");
        await Task.WhenAll(waiting);
        Assert.That(order, Is.EqualTo(new[] { "w1", "w2", "w3" }));

        async Task ThenAsync(Task<LockResponse> locking, string id)
        {
            await locking;
            order.Add(id);
            await UnlockAsync(group, id);
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task Who_waits_in_vain_is_told_why_and_who_hangs_up_is_given_nothing(CancellationToken token)
    {
        var group = await _rig.OpenAsync(_store);
        await LockAsync(group, "a");
        var waiting = group.LockAsync(new LockAsk("b", "u"), TimeSpan.FromMinutes(2), token);
        await _rig.Clock.WhenTimersAsync(1, token);
        _rig.Clock.Advance(TimeSpan.FromMinutes(3));
        Assert.That(async () => await waiting, Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LockErrorCode.LockHeld));

        using var hangUp = CancellationTokenSource.CreateLinkedTokenSource(token);
        var gone = group.LockAsync(new LockAsk("c", "u"), TimeSpan.FromHours(1), hangUp.Token);
        while (group.Describe().Waiting.All(w => w.Id != "c"))
        {
            await Task.Delay(1, token);
        }

        await hangUp.CancelAsync();
        Assert.That(async () => await gone, Throws.InstanceOf<OperationCanceledException>());
        await group.UnlockAsync("b", "u", "", "", strict: false);
        await group.UnlockAsync("c", "u", "", "", strict: false);
        await UnlockAsync(group, "a");
        Assert.That(group.State.Holders, Is.Empty);
    }

    [Test, CancelAfter(60_000)]
    public async Task Frozen_closed_or_pausing_groups_grant_nothing_and_take_everything_back(CancellationToken token)
    {
        var group = await _rig.OpenAsync(_store, new LockGroupOptions { Max = CountOrPercent.Count(5), Pause = TimeSpan.FromMinutes(10) });
        await LockAsync(group, "a");
        await RefusedAsync(group, "b", LockErrorCode.Pause, "another 10 min");
        _rig.Clock.JumpWallClock(TimeSpan.FromDays(1));
        await RefusedAsync(group, "b", LockErrorCode.Pause, "10 min");
        _rig.Clock.Advance(TimeSpan.FromMinutes(11));
        await LockAsync(group, "b");

        _rig.Clock.Advance(TimeSpan.FromMinutes(11));
        await group.FreezeAsync(new LockFreeze { User = "admin", Reason = "release day", Until = _rig.Clock.GetUtcNow() + TimeSpan.FromHours(1) }, "admin", "", "release day");
        await RefusedAsync(group, "c", LockErrorCode.Frozen, "release day");
        Assert.That((await LockAsync(group, "a")).AlreadyHeld, Is.True, "it is still its own");
        await UnlockAsync(group, "a");
        await group.UnlockAsync("stranger", "u", "", "", strict: false);
        _rig.Clock.Advance(TimeSpan.FromHours(2));
        await group.LookAsync();
        Assert.That(group.Describe().FrozenBy, Is.Empty);
        await LockAsync(group, "c");
        await group.SetMaxAsync(CountOrPercent.Count(0), "admin", "", "");
        await RefusedAsync(group, "d", LockErrorCode.Pause, "");
        _rig.Clock.Advance(TimeSpan.FromMinutes(11));
        await RefusedAsync(group, "d", LockErrorCode.LockHeld, "closed");
        await UnlockAsync(group, "c");
    }

    [Test, CancelAfter(60_000)]
    public async Task Slots_are_granted_in_windows_only(CancellationToken token)
    {
        // The clock starts on Thursday, 2026-01-01, 00:00 UTC.
        var group = await _rig.OpenAsync(_store, new LockGroupOptions { Max = CountOrPercent.Count(2), Window = [LockWindow.Parse("Thu 02:00 1h UTC", TimeZoneInfo.Utc)] });
        await RefusedAsync(group, "a", LockErrorCode.WindowClosed, "2026-01-01 02:00:00Z");
        var waiting = group.LockAsync(new LockAsk("w", "u"), TimeSpan.FromHours(5), token);
        _rig.Clock.Advance(TimeSpan.FromHours(2.5));
        await group.LookAsync();
        Assert.That((await waiting).AlreadyHeld, Is.False);
        await UnlockAsync(group, "w");
        _rig.Clock.Advance(TimeSpan.FromMinutes(30));
        await RefusedAsync(group, "b", LockErrorCode.WindowClosed, "2026-01-08 02:00:00Z");
        Assert.That(group.Describe().NextWindow, Is.EqualTo(new DateTimeOffset(2026, 1, 8, 2, 0, 0, TimeSpan.Zero)));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_slot_is_given_back_by_its_owner_or_taken_with_a_reason(CancellationToken token)
    {
        var log = _rig.OpenLog("events");
        var group = await _rig.OpenAsync(_store, log: log);
        await LockAsync(group, "a");
        Assert.That(async () => await group.UnlockAsync("a", "mallory", "", "", strict: false), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Status)).EqualTo(RpcStatus.PermissionDenied));
        Assert.That(async () => await group.LockAsync(new LockAsk("a", "mallory"), TimeSpan.Zero, token), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LockErrorCode.HeldByOther));
        Assert.That((await group.ForceUnlockAsync("a", "admin", "10.0.0.1", "disk died")).Released, Is.True);
        var written = await File.ReadAllTextAsync(_rig.Directory.Combine("events", "events.log"), token);
        Assert.That(written, Does.Contain("\"what\":\"forced\"").And.Contain("disk died").And.Contain("admin"), "on disk before anybody is told");

        // I17: the old holder comes back, and somebody else has the slot by now.
        await LockAsync(group, "b");
        Assert.That((await group.UnlockAsync("a", "u", "", "", strict: false)).Released, Is.False);
        await RefusedAsync(group, "a", LockErrorCode.LockHeld, "b");
        Assert.That(group.State.Holders.Single().Id, Is.EqualTo("b"));
        Assert.That(async () => await group.UnlockAsync("x", "u", "", "", strict: true), Throws.TypeOf<RpcException>().With.Message.EqualTo("holder does not exist"));
        Assert.That(async () => await group.LockAsync(new LockAsk("b", "u", Strict: true), TimeSpan.Zero, token), Throws.TypeOf<RpcException>().With.Message.EqualTo("semaphore is at 0"));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_holder_that_is_overdue_is_an_alarm_and_frees_nothing(CancellationToken token)
    {
        var log = _rig.OpenLog("events");
        var group = await _rig.OpenAsync(_store, log: log);
        await group.LockAsync(new LockAsk("a", "u", Expected: TimeSpan.FromMinutes(15)), TimeSpan.Zero, token);
        await group.LookAsync();
        _rig.Clock.JumpWallClock(TimeSpan.FromDays(3));
        await group.LookAsync();
        Assert.That(group.Describe().Holders.Single().Overdue, Is.False, "a clock that is set expires nothing");
        _rig.Clock.Advance(TimeSpan.FromMinutes(16));
        await group.LookAsync();
        await group.LookAsync();
        Assert.That(group.Describe().Holders.Single().Overdue, Is.True);
        Assert.That(log.Read(new LockLogRequest()).Count(e => e.What == "overdue"), Is.EqualTo(1));
        await RefusedAsync(group, "b", LockErrorCode.LockHeld, "");

        // I19: another process sees it for the first time, and waits in full.
        var again = await _rig.OpenAsync(_store);
        await again.LookAsync();
        _rig.Clock.Advance(TimeSpan.FromMinutes(14));
        await again.LookAsync();
        Assert.That(again.Describe().Holders.Single().Overdue, Is.False);
    }

    [Test, CancelAfter(60_000)]
    public async Task An_overdue_holder_whose_machine_was_seen_to_boot_again_is_freed_and_no_other(CancellationToken token)
    {
        var log = _rig.OpenLog("events");
        var group = await _rig.OpenAsync(_store, new LockGroupOptions { Max = CountOrPercent.Count(5) }, log);
        foreach (var (id, boot) in new[] { ("booted", "one"), ("down", "one"), ("same", "one"), ("job", "") })
        {
            await group.LockAsync(new LockAsk(id, "u", BootId: boot, Expected: TimeSpan.FromMinutes(10)), TimeSpan.Zero, token);
        }

        var asked = new List<string>();
        await group.LookAsync();
        await group.FreeRebootedAsync(ReadAsync, token);
        Assert.That(asked, Is.Empty, "before its time is over nobody is looked for");
        _rig.Clock.Advance(TimeSpan.FromMinutes(11));
        await group.LookAsync();
        await group.FreeRebootedAsync(ReadAsync, token);
        Assert.That(asked, Is.EqualTo(new[] { "booted", "down", "same" }));
        Assert.That(group.State.Holders.Select(h => h.Id), Is.EqualTo(new[] { "down", "job", "same" }));
        Assert.That(log.Read(new LockLogRequest())[^1], Has.Property("What").EqualTo("freed").And.Property("Reason").Contains("two"));
        await group.FreeRebootedAsync(ReadAsync, token);
        Assert.That(asked, Has.Count.EqualTo(3), "not more often than every 30 s");

        Task<IReadOnlyDictionary<string, string>> ReadAsync(IReadOnlyList<string> hostnames, CancellationToken cancellationToken)
        {
            asked.AddRange(hostnames);
            return Task.FromResult<IReadOnlyDictionary<string, string>>(new Dictionary<string, string> { ["booted"] = "two", ["same"] = "one", ["job"] = "two" });
        }
    }

    [Test, CancelAfter(60_000)]
    public async Task The_limit_of_the_configuration_counts_when_it_is_new_and_a_later_one_until_then(CancellationToken token)
    {
        var group = await _rig.OpenAsync(_store, new LockGroupOptions { Max = CountOrPercent.Count(2) });
        Assert.That(group.State.Max, Is.EqualTo(2));
        var set = await group.SetMaxAsync(CountOrPercent.Count(7), "admin", "", "");
        Assert.That((set.OldMax, set.NewMax), Is.EqualTo((2, 7)));
        Assert.That((await _rig.OpenAsync(_store, new LockGroupOptions { Max = CountOrPercent.Count(2) })).State.Max, Is.EqualTo(7));
        Assert.That((await _rig.OpenAsync(_store, new LockGroupOptions { Max = CountOrPercent.Count(3) })).State.Max, Is.EqualTo(3));
    }

    [Test, CancelAfter(60_000)]
    public async Task A_percentage_follows_the_machines_and_is_at_least_one(CancellationToken token)
    {
        var group = await _rig.OpenAsync(_store);
        Assert.That(async () => await group.SetMaxAsync(CountOrPercent.Percent(30), "admin", "", ""), Throws.TypeOf<RpcException>().With.Message.Contains("MachineList="));
        _rig.Machines = 11;
        Assert.That((await group.SetMaxAsync(CountOrPercent.Percent(30), "admin", "", "")).NewMax, Is.EqualTo(3));
        _rig.Machines = 2;
        await group.LookAsync();
        Assert.That(group.State.Max, Is.EqualTo(1));
        Assert.That(group.Describe().Limit, Is.EqualTo("30%"));
    }

    [Test, CancelAfter(60_000)]
    public async Task Without_a_store_nothing_is_granted_and_afterwards_all_is_as_before(CancellationToken token)
    {
        var store = new SharedStore(1);
        var group = await _rig.OpenAsync(store);
        await LockAsync(group, "a");
        store.IsDown = true;
        Assert.That(async () => await group.LockAsync(new LockAsk("b", "u"), TimeSpan.Zero, token), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LockErrorCode.StoreUnavailable));
        Assert.That(async () => await group.UnlockAsync("a", "u", "", "", strict: false), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LockErrorCode.StoreUnavailable));
        Assert.That(group.Describe().StoreError, Is.Not.Empty);
        store.IsDown = false;
        await group.LookAsync();
        Assert.That(group.Describe().StoreError, Is.Empty);
        Assert.That(group.State.Holders.Single().Id, Is.EqualTo("a"));
        await UnlockAsync(group, "a");
        await LockAsync(group, "b");
    }

    private static Task<LockResponse> LockAsync(LockGroup group, string id) => group.LockAsync(new LockAsk(id, "u"), TimeSpan.Zero, CancellationToken.None);

    private static async Task UnlockAsync(LockGroup group, string id) => Assert.That((await group.UnlockAsync(id, "u", "", "", strict: false)).Released, Is.True, id);

    private static async Task RefusedAsync(LockGroup group, string id, string code, string message)
    {
        try
        {
            await LockAsync(group, id);
        }
        catch (RpcException fault) when (fault.Code == code)
        {
            Assert.That(fault.Message, Does.Contain(message));
            return;
        }

        throw new AssertionException($"{id} got a slot");
    }
}
