using System.Net;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager;

namespace Dom.Tests.Roles.LockManager;

/// <summary>The whole role over real connections.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class LockManagerRoleTests : IAsyncDisposable
{
    private readonly LockManagerRig _rig = new();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Test, CancelAfter(120_000)]
    public async Task Slots_are_taken_over_TLS_by_those_whose_certificate_allows_it_and_outlive_the_server(CancellationToken token)
    {
        await _rig.StartAsync(token);
        await using (var machine = _rig.Connect("web1", "LockManager.Lock", "LockManager.Unlock"))
        await using (var guest = _rig.Connect("guest"))
        {
            var first = await machine.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "web1", Reason = "kernel" }, token);
            Assert.That((first.Grant, first.AlreadyHeld, first.Available), Is.EqualTo((1L, false, 0)));
            Assert.That((await machine.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "web1" }, token)).AlreadyHeld, Is.True);
            await RefusedAsync(machine.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "web2" }, token), RpcStatus.Conflict, LockErrorCode.LockHeld);
            await RefusedAsync(machine.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "web1", Group = "nogroup" }, token), RpcStatus.NotFound, LockErrorCode.UnknownGroup);
            await RefusedAsync(machine.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "a\nb" }, token), RpcStatus.InvalidArgument, LockErrorCode.BadRequest);
            await RefusedAsync(machine.CallAsync(LockManagerMethods.ForceUnlock, new ForceUnlockRequest { Id = "web1", Reason = "x" }, token), RpcStatus.PermissionDenied, RpcErrorCode.MethodNotGranted);
            await RefusedAsync(guest.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "g" }, token), RpcStatus.PermissionDenied, RpcErrorCode.MethodNotGranted);
            Assert.That((await guest.CallAsync(LockManagerMethods.GetStatus, new LockStatusRequest(), token)).Groups.Single().Holders.Single().Reason, Is.EqualTo("kernel"));
        }

        _rig.Options = _rig.Options with { Groups = new Dictionary<string, LockGroupOptions> { ["db"] = new() { Max = CountOrPercent.Count(2) } } };
        await _rig.StartAsync(token);
        await using var admin = _rig.Connect("admin", "LockManager.*");
        Assert.That((await admin.CallAsync(LockManagerMethods.List, new LockStatusRequest(), token)).Groups, Is.EqualTo(new[] { "db", "default" }));
        Assert.That((await admin.CallAsync(LockManagerMethods.GetStatus, new LockStatusRequest { Group = "default" }, token)).Groups.Single().Holders.Single().Id, Is.EqualTo("web1"));
        await RefusedAsync(admin.CallAsync(LockManagerMethods.Unlock, new UnlockRequest { Id = "web1" }, token), RpcStatus.PermissionDenied, LockErrorCode.HeldByOther);
        await RefusedAsync(admin.CallAsync(LockManagerMethods.ForceUnlock, new ForceUnlockRequest { Id = "web1", Reason = " " }, token), RpcStatus.InvalidArgument, LockErrorCode.NoReason);
        Assert.That((await admin.CallAsync(LockManagerMethods.ForceUnlock, new ForceUnlockRequest { Id = "web1", Reason = "disk died" }, token)).Released, Is.True);
        var log = await admin.CallAsync(LockManagerMethods.GetLog, new LockLogRequest(), token);
        Assert.That(log.Events.Select(e => e.What), Is.EqualTo(new[] { "granted", "forced" }));
        Assert.That(log.Events[^1], Has.Property("User").EqualTo("admin").And.Property("Reason").EqualTo("disk died"));
        var audit = await File.ReadAllTextAsync(_rig.Directory.Combine("state", "audit.log"), token);
        Assert.That(audit, Does.Contain("\"target\":\"default/web1\"").And.Contain("disk died"));
    }

    [Test, CancelAfter(120_000)]
    public async Task Who_waits_on_a_connection_gets_the_slot_and_who_watches_sees_it(CancellationToken token)
    {
        await _rig.StartAsync(token);
        await using var admin = _rig.Connect("admin", "LockManager.*");
        await using var events = admin.StreamAsync(LockManagerMethods.Watch, new LockLogRequest { Limit = 10 }, token).GetAsyncEnumerator(token);
        Assert.That(await events.MoveNextAsync(), Is.True);
        await admin.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "a" }, token);
        var waiting = admin.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "b", Wait = TimeSpan.FromMinutes(5) }, token);
        while ((await admin.CallAsync(LockManagerMethods.GetStatus, new LockStatusRequest(), token)).Groups[0].Waiting.Count == 0)
        {
            await Task.Delay(10, token);
        }

        await admin.CallAsync(LockManagerMethods.Unlock, new UnlockRequest { Id = "a" }, token);
        Assert.That((await waiting).Grant, Is.EqualTo(2));
        var seen = new List<string>();
        while (seen.Count < 3 && await events.MoveNextAsync())
        {
            seen.AddRange(events.Current.Events.Select(e => $"{e.What} {e.Id}"));
        }

        Assert.That(seen, Is.EqualTo(new[] { "granted a", "released a", "granted b" }));
    }

    [Test, CancelAfter(120_000)]
    public async Task Limits_freezes_and_bad_ones_over_the_wire(CancellationToken token)
    {
        await _rig.StartAsync(token);
        await using var admin = _rig.Connect("admin", "LockManager.*");
        var set = await admin.CallAsync(LockManagerMethods.SetMax, new SetMaxRequest { Max = "4" }, token);
        Assert.That((set.OldMax, set.NewMax), Is.EqualTo((1, 4)));
        foreach (var bad in new[] { "", "-5", "1.5", "x", "99999999999", "10001", "0%", "101%", "-1%", "%" })
        {
            await RefusedAsync(admin.CallAsync(LockManagerMethods.SetMax, new SetMaxRequest { Max = bad }, token), RpcStatus.InvalidArgument, LockErrorCode.BadRequest);
        }

        await RefusedAsync(admin.CallAsync(LockManagerMethods.SetMax, new SetMaxRequest { Max = "30%" }, token), RpcStatus.Conflict, LockErrorCode.NotKept);
        await RefusedAsync(admin.CallAsync(LockManagerMethods.Freeze, new LockFreezeRequest(), token), RpcStatus.InvalidArgument, LockErrorCode.NoReason);
        Assert.That((await admin.CallAsync(LockManagerMethods.Freeze, new LockFreezeRequest { Reason = "release" }, token)).FrozenBy, Is.EqualTo("admin"));
        await RefusedAsync(admin.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "a" }, token), RpcStatus.Conflict, LockErrorCode.Frozen);
        await _rig.StartAsync(token);
        await using var again = _rig.Connect("admin", "LockManager.*");
        Assert.That((await again.CallAsync(LockManagerMethods.GetStatus, new LockStatusRequest(), token)).Groups[0], Has.Property("FreezeReason").EqualTo("release").And.Property("Max").EqualTo(4));
        Assert.That((await again.CallAsync(LockManagerMethods.Freeze, new LockFreezeRequest { Thaw = true }, token)).FrozenBy, Is.Empty);
    }

    [Test, CancelAfter(120_000)]
    public async Task Pages_and_metrics_show_groups_holders_and_queue(CancellationToken token)
    {
        await _rig.StartAsync(token);
        await using var admin = _rig.Connect("admin", "LockManager.*");
        await admin.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "web<1>", Reason = "kernel" }, token);
        await RefusedAsync(admin.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "web2" }, token), RpcStatus.Conflict, LockErrorCode.LockHeld);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_rig.Role.Address.Port}/") };
        Assert.That((await http.GetAsync("/readyz", token)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await http.GetStringAsync("/", token), Does.Contain("web&lt;1&gt;").And.Contain("kernel").And.Contain("web2").And.Contain("full"));
        Assert.That(await http.GetStringAsync("/groups/default", token), Does.Contain("web2"));
        Assert.That((await http.GetAsync("/groups/nogroup", token)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await http.GetStringAsync("/?output=json&table=holders", token), Does.Contain("\"id\":\"web<1>\"").Or.Contain("web\\u003C1\\u003E"));
        Assert.That(await http.GetStringAsync("/events?output=csv", token), Does.Contain("granted"));
        Assert.That(
            await http.GetStringAsync("/metrics", token),
            Does.Contain("dom_lock_holders{group=\"default\"} 1").And.Contain("dom_lock_waiting{group=\"default\"} 1").And.Contain("dom_lock_grants_total{group=\"default\"} 1")
                .And.Contain("kind=\"lock_held\"").And.Not.Contain("web2"));
    }

    [Test, CancelAfter(120_000)]
    public async Task A_group_with_holders_is_not_forgotten_with_its_section(CancellationToken token)
    {
        _rig.Options = _rig.Options with { Groups = new Dictionary<string, LockGroupOptions> { ["db"] = new() } };
        await _rig.StartAsync(token);
        await using var admin = _rig.Connect("admin", "LockManager.*");
        await admin.CallAsync(LockManagerMethods.Lock, new LockRequest { Id = "a", Group = "db" }, token);
        _rig.Options = _rig.Options with { Groups = new Dictionary<string, LockGroupOptions>() };
        Assert.That(async () => await _rig.StartAsync(token), Throws.TypeOf<InvalidDataException>().With.Message.Contains("[LockGroup db]"));
        Assert.That(() => (_rig.Options with { Groups = new Dictionary<string, LockGroupOptions> { [".."] = new() } }).Complete(), Throws.TypeOf<ConfigurationException>());
        Assert.That(
            () => (_rig.Options with { Groups = new Dictionary<string, LockGroupOptions> { ["a"] = new() { Max = CountOrPercent.Percent(10) } } }).Complete(),
            Throws.TypeOf<ConfigurationException>().With.Message.Contains("MachineList="));
    }

    private static async Task RefusedAsync<T>(Task<T> call, RpcStatus status, string code)
    {
        try
        {
            await call;
        }
        catch (RpcException fault)
        {
            Assert.That((fault.Status, fault.Code), Is.EqualTo((status, code)), fault.Message);
            return;
        }

        throw new AssertionException($"{code} was expected");
    }
}
