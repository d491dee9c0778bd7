using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc;

/// <summary>A client talks to the server that was meant, or to none.</summary>
[CancelAfter(60_000)]
public sealed class RpcServerIdentityTests
{
    private static readonly string[] Loopback = ["127.0.0.1", "localhost"];

    [TestCase("role only", "test", "", "127.0.0.1", "test", ExpectedResult = null)]
    [TestCase("name only, role not stated", "", "127.0.0.1", "127.0.0.1", "test", ExpectedResult = null)]
    [TestCase("name only, no role wanted", "", "127.0.0.1", "127.0.0.1", "", ExpectedResult = null)]
    [TestCase("name and role", "test", "127.0.0.1", "127.0.0.1", "test", ExpectedResult = null)]
    [TestCase("another role", "other", "", "127.0.0.1", "test", ExpectedResult = RpcErrorCode.WrongServer)]
    [TestCase("right name, another role", "other", "127.0.0.1", "127.0.0.1", "test", ExpectedResult = RpcErrorCode.WrongServer)]
    [TestCase("right role, another name", "test", "web1.example.com,10.1.1.1", "127.0.0.1", "test", ExpectedResult = RpcErrorCode.WrongServer)]
    [TestCase("neither role nor name", "", "", "127.0.0.1", "test", ExpectedResult = RpcErrorCode.WrongServer)]
    [TestCase("neither, and none wanted", "", "", "127.0.0.1", "", ExpectedResult = RpcErrorCode.WrongServer)]
    public async Task<string?> A_server_must_prove_name_or_role(string what, string roles, string hosts, string host, string wantedRole)
    {
        var order = new CertificateOrder { Name = what, Roles = Split(roles), Hosts = Split(hosts) };
        await using var server = await TestHost.StartAsync((options, pki) => options with { Credentials = pki.Issue(order) });
        var endpoint = new RpcEndpoint { Host = host, Port = server.Port, Role = wantedRole.Length == 0 ? null : wantedRole };
        return await CallAsync(server.ClientWith(server.Pki.User("bob", "Test.*"), endpoint: endpoint));
    }

    [Test]
    public async Task A_machine_reached_by_address_is_recognised_by_an_expected_name()
    {
        var order = new CertificateOrder { Name = "web1", Hosts = ["web1.example.com"] };
        await using var server = await TestHost.StartAsync((options, pki) => options with { Credentials = pki.Issue(order) });
        var endpoint = new RpcEndpoint { Host = "127.0.0.1", Port = server.Port, ExpectedNames = ["web1.example.com"], Role = "sub" };
        Assert.That(await CallAsync(server.ClientWith(server.Pki.User("bob", "Test.*"), endpoint: endpoint)), Is.Null);
    }

    [Test]
    public async Task A_server_of_another_authority_is_refused()
    {
        await using var server = await TestHost.StartAsync();
        using var directory = new TempDirectory();
        using var other = new TestPki(directory.Path, name: "test CA");
        Assert.That(await CallAsync(server.ClientWith(other.User("bob", "Test.*"))), Is.EqualTo(RpcErrorCode.UntrustedCertificate));
    }

    [Test]
    public async Task A_server_of_the_identity_authority_is_refused()
    {
        await using var server = await TestHost.StartAsync((options, pki) => options with
        {
            Credentials = pki.Issue(new CertificateOrder { Name = "fake", Roles = ["test"], Hosts = [.. Loopback] }, pki.IdentityAuthority),
        });
        Assert.That(await CallAsync(server.ClientWith(server.Pki.User("bob", "Test.*"))), Is.EqualTo(RpcErrorCode.UntrustedCertificate));
    }

    [Test]
    public async Task A_port_that_speaks_no_tls_is_named(CancellationToken cancellationToken)
    {
        await using var server = await TestHost.StartAsync();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var accepting = AnswerOnceAsync(listener, cancellationToken);
        var endpoint = new RpcEndpoint { Host = "127.0.0.1", Port = ((System.Net.IPEndPoint)listener.LocalEndpoint).Port, Role = "test" };
        var client = server.ClientWith(server.Pki.User("bob", "Test.*"), new RpcClientOptions { Retries = 0 }, endpoint);
        Assert.That(await CallAsync(client), Is.EqualTo(RpcErrorCode.Unreachable));
        await accepting;
    }

    [TestCase("*.example.com", "web1.example.com", true)]
    [TestCase("*.example.com", "WEB1.Example.com.", true)]
    [TestCase("*.example.com", "a.b.example.com", false)]
    [TestCase("*.example.com", "example.com", false)]
    [TestCase("*.example.com", ".example.com", false)]
    [TestCase("web1.example.com", "web1.example.com", true)]
    [TestCase("web1.example.com", "web10.example.com", false)]
    [TestCase("10.0.0.1", "10.0.0.1", true)]
    [TestCase("10.0.0.1", "10.0.0.10", false)]
    [TestCase("*.0.0.1", "10.0.0.1", false)]
    [TestCase("fd00::1", "fd00:0:0::1", true)]
    public void Names_match_as_in_any_browser(string stated, string host, bool matches)
    {
        var facts = new CertificateFacts
        {
            Name = "x",
            Issuer = "x",
            SerialNumber = "1",
            Fingerprint = "1",
            NotBefore = default,
            NotAfter = default,
            DnsNames = System.Net.IPAddress.TryParse(stated, out _) ? [] : [stated],
            Addresses = System.Net.IPAddress.TryParse(stated, out var address) ? [address] : [],
        };
        Assert.That(CertificateNames.Matches(facts, host), Is.EqualTo(matches));
    }

    private static System.Collections.Immutable.ImmutableArray<string> Split(string list) =>
        [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries)];

    private static async Task AnswerOnceAsync(System.Net.Sockets.TcpListener listener, CancellationToken cancellationToken)
    {
        using var connection = await listener.AcceptTcpClientAsync(cancellationToken);
        await connection.GetStream().WriteAsync("220 mail.example.com ready\r\n"u8.ToArray(), cancellationToken);
    }

    private static async Task<string?> CallAsync(RpcClient client)
    {
        try
        {
            await client.CallAsync(TestMethods.Open, new EchoRequest { Text = "x" }, CancellationToken.None);
            return null;
        }
        catch (RpcException error)
        {
            TestContext.Out.WriteLine(error.Message);
            return error.Code;
        }
    }
}
