using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Dom.Core.Contracts.LockManager;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.LockManager;

namespace Dom.Tests.Roles.LockManager;

/// <summary>FleetLock v1 and disruption requests on their own listener: every row of the table, and what strangers send.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FleetLockTests : IAsyncDisposable
{
    private static readonly (string Body, string Kind)[] BadBodies =
    [
        ("{", "bad_request"),
        ("", "bad_request"),
        ("[]", "bad_request"),
        ("null", "bad_request"),
        ("\"x\"", "bad_request"),
        ("{}", "bad_request"),
        ("""{"client_params":null}""", "bad_request"),
        ("""{"client_params":{"id":"a"}}""", "bad_request"),
        ("""{"client_params":{"id":"","group":"default"}}""", "bad_request"),
        ("""{"client_params":{"id":"a","group":""}}""", "bad_request"),
        ("""{"client_params":{"id":1,"group":"default"}}""", "bad_request"),
        ("""{"client_params":{"id":"a\ud800","group":"default"}}""", "bad_request"),
        ("""{"client_params":{"id":"a\nb","group":"default"}}""", "bad_request"),
        ("""{"client_params":{"id":"a","id":"b","group":"default"}}""", "bad_request"),
        ("""{"client_params":{"id":"a","group":".."}}""", "bad_request"),
        ("""{"client_params":{"id":"a","group":"."}}""", "bad_request"),
        ("""{"client_params":{"id":"a","group":"default\n"}}""", "bad_request"),
        ("""{"client_params":{"id":"a","group":"a/b"}}""", "bad_request"),
        ("""{"client_params":{"id":"a","group":"nogroup"}}""", "unknown_group"),
    ];

    private readonly LockManagerRig _rig = new();
    private HttpClient _http = new();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _rig.DisposeAsync();
    }

    [Test, CancelAfter(120_000)]
    public async Task Clients_lock_and_unlock_as_the_protocol_says(CancellationToken token)
    {
        await StartAsync(token);
        Assert.That(await PostAsync("v1/pre-reboot", Client("a"), token), Is.EqualTo((200, "")));
        Assert.That(await PostAsync("v1/pre-reboot", Client("a"), token), Is.EqualTo((200, "")), "mine already");
        Assert.That(await PostAsync("v1/pre-reboot", Client("b"), token), Is.EqualTo((423, "lock_held")));
        Assert.That(await PostAsync("v1/steady-state", Client("stranger"), token), Is.EqualTo((200, "")), "unlocking is always allowed");
        Assert.That(await PostAsync("v1/steady-state", Client("a"), token), Is.EqualTo((200, "")));
        Assert.That(await PostAsync("v1/pre-reboot", Client("c"), token), Is.EqualTo((423, "lock_held")), "the slot is kept for b");
        Assert.That(await PostAsync("v1/pre-reboot", Client("b"), token), Is.EqualTo((200, "")));
        Assert.That(await PostAsync("v1/pre-reboot", Client("x", "db"), token), Is.EqualTo((200, "")), "another group");

        await using var admin = _rig.Connect("admin", "LockManager.*");
        await admin.CallAsync(LockManagerMethods.Freeze, new LockFreezeRequest { Reason = "release" }, token);
        Assert.That(await PostAsync("v1/pre-reboot", Client("c"), token), Is.EqualTo((423, "frozen")));
        Assert.That(await PostAsync("v1/steady-state", Client("b"), token), Is.EqualTo((200, "")));

        // zincati sends a pretty-printed body without a content type; others send it in chunks.
        using var chunked = new HttpRequestMessage(HttpMethod.Post, "v1/pre-reboot") { Content = new StreamContent(new MemoryStream(Encoding.UTF8.GetBytes("{\n  \"client_params\": {\n \"group\": \"db\",\n \"id\": \"x\"\n}\n}"))) };
        chunked.Headers.Add("Fleet-Lock-Protocol", "true");
        chunked.Headers.TransferEncodingChunked = true;
        Assert.That((await _http.SendAsync(chunked, token)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test, CancelAfter(120_000)]
    public async Task Bad_bodies_are_answered_and_the_connection_goes_on(CancellationToken token)
    {
        await StartAsync(token);
        foreach (var (body, kind) in BadBodies)
        {
            foreach (var place in new[] { "v1/pre-reboot", "v1/steady-state" })
            {
                Assert.That(await PostAsync(place, body, token), Is.EqualTo((400, kind)), $"{place} {body}");
                Assert.That(await PostAsync(place, Client("a"), token), Is.EqualTo((200, "")), place);
            }
        }
    }

    [Test, CancelAfter(120_000)]
    public async Task Whatever_strangers_send_is_a_4xx_in_JSON(CancellationToken token)
    {
        await StartAsync(token, o => o with { FleetLockPrefix = "/s3cret" });
        Assert.That(await PostAsync("v1/pre-reboot", Client("a"), token), Is.EqualTo((404, "not_found")), "without the secret");
        Assert.That(await PostAsync("s3cret/v1/pre-reboot", Client("a"), token), Is.EqualTo((200, "")));
        Assert.That(await PostAsync("s3cret/v1/other", Client("a"), token), Is.EqualTo((404, "not_found")));
        Assert.That(await PostAsync("s3cret", Client("a"), token), Is.EqualTo((404, "not_found")));
        Assert.That(await PostAsync("s3cret/v1/pre-reboot", Client("a"), token, header: null), Is.EqualTo((400, "missing_header")));
        Assert.That(await PostAsync("s3cret/v1/pre-reboot", Client("a"), token, header: "TRUE"), Is.EqualTo((400, "missing_header")));
        foreach (var method in new[] { HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Patch, new HttpMethod("LOCK") })
        {
            Assert.That(await SendAsync(method, "s3cret/v1/pre-reboot", Client("z"), "true", token), Is.EqualTo((405, "method_not_allowed")), method.Method);
        }

        Assert.That(await PostAsync("s3cret/v1/pre-reboot", Client(new string('x', 66_000)), token), Is.EqualTo((413, "too_large")));
        Assert.That(await PostAsync("s3cret/v1/pre-reboot", Client(new string('x', 300)), token), Is.EqualTo((400, "bad_request")), "a long id");
        Assert.That(await PostAsync("s3cret/v1/pre-reboot", new string('[', 60_000), token), Is.EqualTo((400, "bad_request")), "deep nesting");
        using var raw = new TcpClient();
        await raw.ConnectAsync(_rig.Role.FleetLockAddress!, token);
        await raw.GetStream().WriteAsync(Encoding.ASCII.GetBytes("nonsense\r\n\r\n"), token);
        using var reader = new StreamReader(raw.GetStream());
        Assert.That(await reader.ReadLineAsync(token), Does.Contain(" 400 "));
        await using var admin = _rig.Connect("admin", "LockManager.*");
        Assert.That((await admin.CallAsync(LockManagerMethods.GetStatus, new LockStatusRequest { Group = "default" }, token)).Groups[0].Holders.Select(h => h.Id), Is.EqualTo(new[] { "a" }));
    }

    [Test, CancelAfter(120_000)]
    public async Task An_id_belongs_to_the_address_that_asked_first_and_networks_not_named_get_nothing(CancellationToken token)
    {
        await StartAsync(token, o => o with { AllowFrom = [IPNetwork.Parse("127.0.0.0/8")], FleetLockListen = new IPEndPoint(IPAddress.Any, 0) });
        using var other = ClientFrom("127.0.0.2");
        Assert.That(await PostAsync("v1/pre-reboot", Client("a"), token), Is.EqualTo((200, "")));
        Assert.That(await PostAsync("v1/pre-reboot", Client("a"), token, client: other), Is.EqualTo((409, "lock_held")));
        Assert.That(await PostAsync("v1/steady-state", Client("a"), token, client: other), Is.EqualTo((409, "lock_held")));
        Assert.That(await PostAsync("v1/pre-reboot", Client("b"), token, client: other), Is.EqualTo((423, "lock_held")));
        Assert.That(await PostAsync("v1/pre-reboot", Client("b"), token), Is.EqualTo((409, "lock_held")), "its place in the queue is its own too");
        Assert.That(await PostAsync("v1/steady-state", Client("a"), token), Is.EqualTo((200, "")));
        Assert.That(await PostAsync("v1/pre-reboot", Client("b"), token, client: other), Is.EqualTo((200, "")));

        await StartAsync(token, o => o with { AllowFrom = [IPNetwork.Parse("127.0.0.2/32")], FleetLockListen = new IPEndPoint(IPAddress.Any, 0) });
        Assert.That(await PostAsync("v1/steady-state", Client("b"), token), Is.EqualTo((404, "not_found")));
        using var again = ClientFrom("127.0.0.2");
        Assert.That(await PostAsync("v1/steady-state", Client("b"), token, client: again), Is.EqualTo((200, "")), "the holder is the same after a restart");
    }

    [Test, CancelAfter(120_000)]
    public async Task It_speaks_TLS_with_the_certificate_of_the_role_when_asked_to(CancellationToken token)
    {
        await StartAsync(token, o => o with { FleetLockTls = true });
        var authority = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(_rig.Ca, token));
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        handler.SslOptions.CertificateChainPolicy.CustomTrustStore.Add(authority);
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{_rig.Role.FleetLockAddress?.Port}/") };
        Assert.That(await PostAsync("v1/pre-reboot", Client("a"), token, client: client), Is.EqualTo((200, "")));
    }

    [Test, CancelAfter(120_000)]
    public async Task Disruption_requests_take_the_group_from_the_machine_list(CancellationToken token)
    {
        var list = _rig.Directory.WriteFile("mdb.json", """[{"Hostname":"w1","Tags":{"DisruptionManagerGroupIdentifier":"db"}},{"Hostname":"w2","Tags":{"DisruptionManagerGroupIdentifier":"db"}}]""");
        await StartAsync(token, o => o with { MachineList = list });
        Assert.That(await DisruptAsync("w1", "request"), Is.EqualTo("permitted"));
        Assert.That(await DisruptAsync("w1", "check"), Is.EqualTo("permitted"));
        Assert.That(await DisruptAsync("w2", "check"), Is.EqualTo("denied"));
        Assert.That(await DisruptAsync("w2", "request"), Is.EqualTo("requested"), "the maximum that a request claims means nothing");
        Assert.That(await DisruptAsync("w2", "check"), Is.EqualTo("requested"));
        Assert.That(await DisruptAsync("w1", "cancel"), Is.EqualTo("denied"));
        Assert.That(await DisruptAsync("w2", "request"), Is.EqualTo("permitted"));
        Assert.That(await PostAsync("api/v1/request", """{"MDB":{"Hostname":"nobody"},"Request":"request"}""", token), Is.EqualTo((404, "not_found")));
        Assert.That(await PostAsync("api/v1/request", """{"MDB":{"Hostname":"w1"},"Request":"steal"}""", token), Is.EqualTo((400, "bad_request")));
        Assert.That(await PostAsync("api/v1/request", "{}", token), Is.EqualTo((400, "bad_request")));

        async Task<string> DisruptAsync(string host, string request)
        {
            var body = $$$"""{"MDB":{"Hostname":"{{{host}}}","Tags":{"DisruptionManagerGroupIdentifier":"db","DisruptionManagerGroupMaximumDisrupting":"99"}},"Request":"{{{request}}}"}""";
            using var answer = await _http.PostAsync("api/v1/request", new StringContent(body), token);
            using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(token));
            return document.RootElement.GetProperty("Response").GetString() ?? "";
        }
    }

    private static string Client(string id, string group = "default") => $$$"""{"client_params":{"id":"{{{id}}}","group":"{{{group}}}"}}""";

    private async Task StartAsync(CancellationToken token, Func<LockManagerOptions, LockManagerOptions>? change = null)
    {
        var options = new LockManagerOptions
        {
            FleetLockListen = new IPEndPoint(IPAddress.Loopback, 0),
            Groups = new Dictionary<string, LockGroupOptions> { ["db"] = new() { Max = CountOrPercent.Count(1) } },
        };
        _rig.Options = change?.Invoke(options) ?? options;
        await _rig.StartAsync(token);
        _http.Dispose();
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_rig.Role.FleetLockAddress?.Port}/") };
    }

    private HttpClient ClientFrom(string address)
    {
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = _http.BaseAddress };
    }

    private Task<(int Status, string Kind)> PostAsync(string path, string body, CancellationToken token, string? header = "true", HttpClient? client = null) =>
        SendAsync(HttpMethod.Post, path, body, header, token, client);

    private async Task<(int Status, string Kind)> SendAsync(HttpMethod method, string path, string body, string? header, CancellationToken token, HttpClient? client = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        if (header is not null)
        {
            request.Headers.Add("fleet-lock-protocol", header);
        }

        using var answer = await (client ?? _http).SendAsync(request, token);
        var text = await answer.Content.ReadAsStringAsync(token);
        if (answer.IsSuccessStatusCode)
        {
            return ((int)answer.StatusCode, "");
        }

        using var document = JsonDocument.Parse(text);
        Assert.That(document.RootElement.GetProperty("value").GetString(), Is.Not.Empty);
        return ((int)answer.StatusCode, document.RootElement.GetProperty("kind").GetString() ?? "");
    }
}
