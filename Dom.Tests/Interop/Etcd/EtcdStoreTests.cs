using System.Text;
using System.Text.Json;
using Dom.Core.Contracts.LockManager;
using Dom.Core.Locks;
using Dom.Core.Locks.Etcd;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager;
using Dom.Roles.LockManager.Groups;
using Dom.Tests.Core.Locks;
using Dom.Tests.Roles.LockManager;
using Dom.Tests.Support;

namespace Dom.Tests.Interop.Etcd;

/// <summary>The stores on a real etcd: our document, airlock's, locksmith's; a member and a quorum that are lost.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EtcdStoreTests : IAsyncDisposable
{
    private readonly LockGroupRig _rig = new();
    private readonly HttpClient _http = new();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _rig.DisposeAsync();
    }

    [Test, CancelAfter(240_000)]
    public async Task Groups_live_in_our_document_in_airlocks_and_in_locksmiths(CancellationToken token)
    {
        await using var etcd = await EtcdCluster.StartAsync(1, token);
        var options = new EtcdOptions { Endpoints = etcd.Endpoints, Timeout = TimeSpan.FromSeconds(30) };
        await TwoServersAsync(options, token);
        await ShareWithAirlockAsync(etcd.Endpoints[0], options, token);
        await ShareWithLocksmithAsync(etcd.Endpoints[0], options, token);
    }

    [Test, CancelAfter(240_000)]
    public async Task Without_a_quorum_nothing_is_granted_and_with_one_it_goes_on_by_itself(CancellationToken token)
    {
        await using var etcd = await EtcdCluster.StartAsync(3, token);
        await using var store = new EtcdSemaphoreStore(new EtcdOptions { Endpoints = etcd.Endpoints, Timeout = TimeSpan.FromSeconds(3) }, DocumentForm.Dom, TimeProvider.System);
        var group = await OpenAsync(store, 5, token);
        await LockAsync(group, "a", token);
        await etcd.KillAsync(0);
        await LockAsync(group, "b", token);
        await etcd.KillAsync(1);
        Assert.That(
            async () => await group.LockAsync(new LockAsk("c", "u"), TimeSpan.Zero, token),
            Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LockErrorCode.StoreUnavailable).And.Message.Contains("etcd"));
        Assert.That(group.Describe().StoreError, Is.Not.Empty);
        etcd.Start(0);
        while (group.Describe().StoreError.Length > 0)
        {
            try
            {
                await group.LookAsync();
            }
            catch (RpcException fault) when (fault.Code == LockErrorCode.StoreUnavailable)
            {
                TestContext.Out.WriteLine(fault.Message);
            }

            token.ThrowIfCancellationRequested();
        }

        Assert.That(group.State.Find("a"), Is.Not.Null);
        Assert.That(group.State.Find("b"), Is.Not.Null);
        await LockAsync(group, "d", token);
    }

    [Test, CancelAfter(240_000)]
    public async Task A_client_certificate_or_a_password_is_shown(CancellationToken token)
    {
        using var pki = new TestPki(_rig.Directory.CreateDirectory("pki"));
        var server = pki.IssueFiles(new CertificateOrder { Name = "etcd", Roles = ["lock-manager"], Hosts = ["127.0.0.1", "localhost"] });
        await using var etcd = await EtcdCluster.StartAsync(
            1, token, "https", "--cert-file", server.Certificate, "--key-file", server.Key, "--client-cert-auth", "--trusted-ca-file", server.Ca);
        var options = new EtcdOptions
        {
            Endpoints = etcd.Endpoints,
            CaFile = server.Ca,
            CertificateFile = server.Certificate,
            KeyFile = server.Key,
            Timeout = TimeSpan.FromSeconds(30),
        };
        await using var store = new EtcdSemaphoreStore(options, DocumentForm.Dom, TimeProvider.System);
        while (true)
        {
            try
            {
                Assert.That(await store.ReadAsync("g", token), Is.Null);
                break;
            }
            catch (SemaphoreStoreException fault) when (fault.Message.Contains("cannot be reached", StringComparison.Ordinal) && !token.IsCancellationRequested)
            {
                await Task.Delay(50, token);
            }
        }

        Assert.That((await store.TryReplaceAsync("g", 0, GroupState.Fresh(2), token)).Stored, Is.True);
        await using var stranger = new EtcdSemaphoreStore(options with { CertificateFile = null, KeyFile = null }, DocumentForm.Dom, TimeProvider.System);
        Assert.That(async () => await stranger.ReadAsync("g", token), Throws.TypeOf<SemaphoreStoreException>());

        await using var plain = await EtcdCluster.StartAsync(1, token);
        var password = new EtcdOptions { Endpoints = plain.Endpoints, User = "root", Password = "secret", Timeout = TimeSpan.FromSeconds(30) };
        foreach (var (method, body) in new[]
        {
            ("auth/user/add", """{"name":"root","password":"secret"}"""), ("auth/role/add", """{"name":"root"}"""),
            ("auth/user/grant", """{"user":"root","role":"root"}"""), ("auth/enable", "{}"),
        })
        {
            using var answer = await _http.PostAsync(new Uri(plain.Endpoints[0], $"/v3/{method}"), new StringContent(body), token);
            Assert.That(answer.IsSuccessStatusCode, Is.True, await answer.Content.ReadAsStringAsync(token));
        }

        await using var known = new EtcdSemaphoreStore(password, DocumentForm.Dom, TimeProvider.System);
        Assert.That((await known.TryReplaceAsync("g", 0, GroupState.Fresh(2), token)).Stored, Is.True);
        await using var wrong = new EtcdSemaphoreStore(password with { Password = "wrong" }, DocumentForm.Dom, TimeProvider.System);
        Assert.That(async () => await wrong.ReadAsync("g", token), Throws.TypeOf<SemaphoreStoreException>().With.Message.Contains("does not accept user 'root'"));
    }

    /// <summary>Two lock-managers at once over the same key, checked from the clients' side.</summary>
    private async Task TwoServersAsync(EtcdOptions options, CancellationToken token)
    {
        await using var store = new EtcdSemaphoreStore(options, DocumentForm.Dom, TimeProvider.System);
        var first = await store.TryReplaceAsync("cas", 0, GroupState.Fresh(1), token);
        Assert.That(first.Stored, Is.True);
        Assert.That((await store.TryReplaceAsync("cas", 0, GroupState.Fresh(9), token)), Has.Property("Stored").False.And.Property("Current").Property("State").Property("Max").EqualTo(1));
        var second = await store.TryReplaceAsync("cas", first.Current?.Revision ?? 0, GroupState.Fresh(2), token);
        Assert.That((await store.ReadAsync("cas", token))?.Revision, Is.EqualTo(second.Current?.Revision));
        Assert.That((await store.TryReplaceAsync("cas", first.Current?.Revision ?? 0, GroupState.Fresh(3), token)).Stored, Is.False);

        var servers = new[] { await OpenAsync(store, 2, token), await OpenAsync(store, 2, token) };
        var history = new LockHistory();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(c => ClientAsync(servers[c % 2], history, $"c{c}", Counts.Of(15, 500), token)));
        Assert.That(history.Check(2), Is.Empty);
        Assert.That((await store.ReadAsync("default", token))?.State.Grants, Is.GreaterThan(10));
    }

    private async Task ShareWithAirlockAsync(Uri member, EtcdOptions options, CancellationToken token)
    {
        const string key = "com.coreos.airlock/groups/default/v1/semaphore";
        await PutAsync(member, key, """{"total_slots":3,"holders":["n1"]}""", token);
        await using var store = new EtcdSemaphoreStore(options, DocumentForm.Airlock, TimeProvider.System);
        var group = await OpenAsync(store, 1, token);
        Assert.That(group.State.Max, Is.EqualTo(3), "the slots are those of the document");
        await LockAsync(group, "n2", token);
        Assert.That(await GetAsync(member, key, token), Is.EqualTo("""{"total_slots":3,"holders":["n1","n2"]}"""));
        await PutAsync(member, key, """{"total_slots":2,"holders":["n1","n2"]}""", token);
        Assert.That(async () => await LockAsync(group, "n3", token), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LockErrorCode.LockHeld));
        Assert.That((await group.UnlockAsync("n1", "u", "", "", strict: false)).Released, Is.True, "airlock wrote no owner");
        Assert.That(() => group.FreezeAsync(new LockFreeze { User = "u", Reason = "r" }, "u", "", "r"), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LockErrorCode.NotKept));

        await PutAsync(member, key, "broken", token);
        Assert.That(async () => await LockAsync(group, "n3", token), Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Code)).EqualTo(LockErrorCode.StoreUnavailable).And.Message.Contains(key));
        Assert.That(await GetAsync(member, key, token), Is.EqualTo("broken"), "I15");
    }

    private async Task ShareWithLocksmithAsync(Uri member, EtcdOptions options, CancellationToken token)
    {
        var key = new Uri(member, "/v2/keys/coreos.com/updateengine/rebootlock/semaphore");
        await using var store = new EtcdV2SemaphoreStore(options, TimeProvider.System);
        var group = await OpenAsync(store, 1, token);
        Assert.That(await V2Async(key, token), Is.EqualTo("""{"semaphore":1,"max":1,"holders":null}"""));
        await LockAsync(group, "aaa", token);
        Assert.That(await V2Async(key, token), Is.EqualTo("""{"semaphore":0,"max":1,"holders":["aaa"]}"""));
        await group.SetMaxAsync(CountOrPercent.Count(2), "u", "", "");
        using (var answer = await _http.PutAsync(key, new FormUrlEncodedContent([new("value", """{"semaphore":0,"max":2,"holders":["aaa","locksmith"]}""")]), token))
        {
            Assert.That(answer.IsSuccessStatusCode, Is.True);
        }

        Assert.That(async () => await LockAsync(group, "bbb", token), Throws.TypeOf<RpcException>().With.Message.Contains("locksmith"));
        await group.UnlockAsync("aaa", "u", "", "", strict: false);
        await group.UnlockAsync("locksmith", "u", "", "", strict: false);
        Assert.That(await V2Async(key, token), Is.EqualTo("""{"semaphore":2,"max":2,"holders":[]}"""));
        Assert.That(EtcdV2SemaphoreStore.KeyOf("db.prod"), Is.EqualTo("coreos.com/updateengine/rebootlock/groups/db.prod/semaphore"));
    }

    private async Task<LockGroup> OpenAsync(ISemaphoreStore store, int max, CancellationToken token)
    {
        token.ThrowIfCancellationRequested();
        return await _rig.OpenAsync(store, new LockGroupOptions { Max = CountOrPercent.Count(max), KeepPlace = TimeSpan.FromSeconds(1) }, clock: TimeProvider.System);
    }

    private static async Task LockAsync(LockGroup group, string id, CancellationToken token) => await group.LockAsync(new LockAsk(id, "u"), TimeSpan.Zero, token);

    private static async Task ClientAsync(LockGroup server, LockHistory history, string id, int rounds, CancellationToken token)
    {
        for (var i = 0; i < rounds; i++)
        {
            var call = history.Invoke(LockHistory.Kind.Lock, id);
            try
            {
                history.Return(call, true, (await server.LockAsync(new LockAsk(id, "u"), TimeSpan.FromSeconds(5), token)).Grant);
            }
            catch (RpcException fault) when (fault.Status == RpcStatus.Conflict)
            {
                history.Return(call, false);
            }

            var release = history.Invoke(LockHistory.Kind.Unlock, id);
            await server.UnlockAsync(id, "u", "", "", strict: false);
            history.Return(release, true);
        }
    }

    private async Task PutAsync(Uri member, string key, string value, CancellationToken token)
    {
        var body = $$"""{"key":"{{Base64(key)}}","value":"{{Base64(value)}}"}""";
        using var answer = await _http.PostAsync(new Uri(member, "/v3/kv/put"), new StringContent(body), token);
        Assert.That(answer.IsSuccessStatusCode, Is.True);
    }

    private async Task<string> GetAsync(Uri member, string key, CancellationToken token)
    {
        using var answer = await _http.PostAsync(new Uri(member, "/v3/kv/range"), new StringContent($$"""{"key":"{{Base64(key)}}"}"""), token);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(token));
        return Encoding.UTF8.GetString(document.RootElement.GetProperty("kvs")[0].GetProperty("value").GetBytesFromBase64());
    }

    private async Task<string?> V2Async(Uri key, CancellationToken token)
    {
        using var document = JsonDocument.Parse(await _http.GetStringAsync(key, token));
        return document.RootElement.GetProperty("node").GetProperty("value").GetString();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
