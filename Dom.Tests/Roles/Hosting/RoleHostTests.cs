using System.Net;
using System.Text.Json;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Core.Rpc.MessagePack;
using Dom.Roles.Hosting;
using Dom.Roles.Pages;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Roles.Hosting;

/// <summary>One port: calls, pages, metrics, health, audit.</summary>
[CancelAfter(60_000)]
public sealed class RoleHostTests
{
    [TestCase(StatusPages.Open, false, ExpectedResult = "200 200 200 403 404")]
    [TestCase(StatusPages.Open, true, ExpectedResult = "200 200 200 200 404")]
    [TestCase(StatusPages.Tls, false, ExpectedResult = "200 403 403 403 403")]
    [TestCase(StatusPages.Tls, true, ExpectedResult = "200 200 200 200 404")]
    [TestCase(StatusPages.Off, true, ExpectedResult = "200 403 403 403 403")]
    public async Task<string> Pages_are_shown_to_those_who_may_see_them(StatusPages mode, bool withCertificate)
    {
        await using var host = await TestHost.StartAsync((options, _) => options with { Pages = Pages(), StatusPages = mode });
        await using var raw = withCertificate
            ? await RawConnection.TlsAsync(host.Port, host.Pki.User("bob").Current.Certificate, CancellationToken.None)
            : await RawConnection.PlainAsync(host.Port, CancellationToken.None);
        var statuses = new List<int>();
        foreach (var path in new[] { "/healthz", "/metrics", "/open", "/secret/a%20b?x=1", "/nothing" })
        {
            statuses.Add((await raw.GetAsync(path, CancellationToken.None)).Status);
        }

        return string.Join(' ', statuses);
    }

    [Test]
    public async Task A_page_gets_the_user_the_path_and_the_query_and_carries_safety_headers(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync((options, _) => options with { Pages = Pages() });
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("bob").Current.Certificate, cancellationToken);
        var response = await raw.GetAsync("/secret/a%20b?x=1%262", cancellationToken);
        Assert.That(response.Text, Is.EqualTo("bob|a b|1&2"));
        Assert.That(response.Head, Does.Contain("Content-Security-Policy: default-src 'none'").And.Contain("nosniff").And.Not.Contain("Server:"));
    }

    [Test]
    public async Task A_refused_certificate_sees_the_reason_instead_of_the_page(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync((options, _) => options with { Pages = Pages() });
        using var directory = new TempDirectory();
        using var other = new TestPki(directory.Path, name: "other CA");
        await using var raw = await RawConnection.TlsAsync(host.Port, other.User("mallory").Current.Certificate, cancellationToken);
        var response = await raw.GetAsync("/secret/x", cancellationToken);
        Assert.That((response.Status, response.Text.Contains("'other CA'", StringComparison.Ordinal)), Is.EqualTo((403, true)));
        Assert.That((await raw.GetAsync("/metrics", cancellationToken)).Text, Does.Contain("dom_tls_rejected_total{reason=\"UntrustedCertificate\"} 1"));
    }

    [Test]
    public async Task Readiness_lists_the_reasons(CancellationToken cancellationToken)
    {
        IReadOnlyList<NotReadyReason> reasons = [new("the first scan is not complete"), new("a file cannot be written", "/srv/state/x: ENOSPC")];
        await using var host = await TestHost.StartAsync((options, _) => options with { NotReady = () => reasons });
        await using var raw = await RawConnection.PlainAsync(host.Port, cancellationToken);
        var response = await raw.GetAsync("/readyz", cancellationToken);
        Assert.That((response.Status, response.Text.Trim()), Is.EqualTo((503, """{"ready":false,"reasons":["the first scan is not complete","a file cannot be written"]}""")));
        await using var known = await RawConnection.TlsAsync(host.Port, host.Pki.User("bob").Current.Certificate, cancellationToken);
        Assert.That((await known.GetAsync("/readyz", cancellationToken)).Text, Does.Contain("/srv/state/x: ENOSPC"), "details need a certificate");
        reasons = [];
        Assert.That((await raw.GetAsync("/readyz", cancellationToken)).Status, Is.EqualTo(200));
    }

    [TestCase("-1")]
    [TestCase("0")]
    [TestCase("abc")]
    [TestCase("1e3")]
    [TestCase("12345678901234567890")]
    public async Task A_deadline_that_is_none_is_refused(string value, CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("bob", "Test.*").Current.Certificate, cancellationToken);
        var response = await raw.PostAsync("/rpc/Test.Echo", MessagePackSerializer.Serialize(new EchoRequest { Text = "x" }), cancellationToken, headers: $"rpc-timeout: {value}\r\n");
        Assert.That((response.Status, response.Text.Contains("rpc-timeout", StringComparison.Ordinal)), Is.EqualTo((400, true)));
        response = await raw.PostAsync("/rpc/Test.Echo", MessagePackSerializer.Serialize(new EchoRequest { Text = "x" }), cancellationToken, headers: "rpc-timeout: 5000\r\n");
        Assert.That(response.Status, Is.EqualTo(200));
    }

    [TestCase(UnixFileMode.UserRead | UnixFileMode.UserWrite, true)]
    [TestCase(UnixFileMode.UserRead | UnixFileMode.GroupRead, false)]
    [TestCase(UnixFileMode.UserRead | UnixFileMode.OtherRead, false)]
    public void A_key_that_others_may_read_is_named(UnixFileMode mode, bool isGood)
    {
        using var directory = new TempDirectory();
        using var pki = new TestPki(directory.Path);
        var files = pki.IssueFiles(new CertificateOrder { Name = "x" });
        File.SetUnixFileMode(files.Key, mode);
        var exposure = RpcCredentials.FromFiles(files).KeyExposure();
        Assert.That(exposure, isGood ? Is.Null : Does.Contain(files.Key).And.Contain("chmod 600"));
    }

    [TestCase(StatusPages.Off)]
    [TestCase(StatusPages.Tls)]
    public async Task Readiness_without_pages_is_yes_or_no(StatusPages mode, CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync((options, _) => options with { StatusPages = mode, NotReady = () => [new("the first scan is not complete")] });
        await using var raw = await RawConnection.PlainAsync(host.Port, cancellationToken);
        var response = await raw.GetAsync("/readyz", cancellationToken);
        Assert.That((response.Status, response.Text.Trim()), Is.EqualTo((503, """{"ready":false,"reasons":[]}""")));
    }

    [Test]
    public async Task Calls_are_counted_by_method_and_status_and_certificates_show_their_end(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var client = host.Client("Test.*");
        await client.CallAsync(TestMethods.Echo, new EchoRequest { Text = "x" }, cancellationToken);
        Assert.ThrowsAsync<RpcException>(() => client.CallAsync(TestMethods.Echo, new EchoRequest { Text = "conflict" }, cancellationToken));
        await using var raw = await RawConnection.PlainAsync(host.Port, cancellationToken);
        string text;
        do
        {
            // A call is counted a moment after its answer was sent.
            text = (await raw.GetAsync("/metrics", cancellationToken)).Text;
        }
        while (!text.Contains("status=\"Conflict\"", StringComparison.Ordinal));
        Assert.That(text, Does.Contain("dom_rpc_requests_total{method=\"Test.Echo\",status=\"Ok\"} 1\n"));
        Assert.That(text, Does.Contain("dom_rpc_requests_total{method=\"Test.Echo\",status=\"Conflict\"} 1\n"));
        Assert.That(text, Does.Contain("dom_rpc_request_duration_seconds_count{method=\"Test.Echo\"} 2\n"));
        Assert.That(text, Does.Contain("dom_certificate_expiry_timestamp_seconds{kind=\"ca\",subject=\"CN=test CA\"} "));
        Assert.That(text, Does.Contain("dom_build_info{role=\"test\","));
    }

    [Test]
    public async Task Every_changing_call_is_audited_also_a_refused_one(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await host.Client("Test.*").CallAsync(TestMethods.Change, new EchoRequest { Text = "web1\n\"x\"" }, cancellationToken);
        Assert.ThrowsAsync<RpcException>(() => host.Client("Other.*").CallAsync(TestMethods.Change, new EchoRequest { Text = "web2" }, cancellationToken));
        await host.Client("Test.*").CallAsync(TestMethods.Echo, new EchoRequest { Text = "changes nothing" }, cancellationToken);
        await host.Host.DisposeAsync();

        var entries = new[] { host.AuditFile, host.RefusedFile }.SelectMany(File.ReadAllLines).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.That(entries, Has.Count.EqualTo(2));
        Assert.Multiple(() =>
        {
            Assert.That(entries[0].GetProperty("user").GetString(), Is.EqualTo("alice"));
            Assert.That(entries[0].GetProperty("address").GetString(), Is.EqualTo("127.0.0.1"));
            Assert.That(entries[0].GetProperty("method").GetString(), Is.EqualTo("Test.Change"));
            Assert.That(entries[0].GetProperty("target").GetString(), Is.EqualTo("web1\n\"x\""));
            Assert.That(entries[0].GetProperty("reason").GetString(), Is.EqualTo("because"));
            Assert.That(entries[0].GetProperty("outcome").GetString(), Is.EqualTo("Ok"));
            Assert.That(entries[1].GetProperty("outcome").GetString(), Is.EqualTo(RpcErrorCode.MethodNotGranted));
            Assert.That(File.GetUnixFileMode(host.AuditFile) & UnixFileMode.OtherRead, Is.EqualTo(UnixFileMode.None));
        });
    }

    [Test]
    public async Task A_port_that_is_taken_is_named(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var second = new RoleHost(new RoleHostOptions
        {
            Role = "second",
            Listen = new IPEndPoint(IPAddress.Loopback, host.Port),
            Credentials = host.Pki.Server("second"),
            Router = new RpcRouter(),
        });
        Assert.That(() => second.StartAsync(cancellationToken), Throws.InstanceOf<IOException>().With.Message.Contains($"second cannot listen on 127.0.0.1:{host.Port}"));
    }

    [Test]
    public async Task A_certificate_without_grants_sees_pages_but_calls_nothing(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync((options, _) => options with { Pages = Pages() });
        var identity = host.Pki.Issue(new CertificateOrder { Name = "reader" }, host.Pki.IdentityAuthority);
        await using var raw = await RawConnection.TlsAsync(host.Port, identity.Current.Certificate, cancellationToken);
        Assert.That((await raw.GetAsync("/secret/x", cancellationToken)).Status, Is.EqualTo(200));
        Assert.That((await raw.PostAsync("/rpc/Test.Echo", new byte[] { 0x80 }, cancellationToken)).Status, Is.EqualTo(403));
    }

    private static PageMap Pages()
    {
        var pages = new PageMap();
        pages.Add("/open", PageAccess.Open, (_, _) => ValueTask.FromResult(PageResult.Text("open")));
        pages.Add("/secret/*", PageAccess.Certificate, (request, _) =>
            ValueTask.FromResult(PageResult.Text($"{request.User}|{request.Rest}|{request.Value("x")}")));
        return pages;
    }
}
