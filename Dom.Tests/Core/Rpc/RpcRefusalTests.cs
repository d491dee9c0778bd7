using System.Collections.Immutable;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Core.Rpc.MessagePack;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc;

/// <summary>Who may not call is told exactly why, over real TLS.</summary>
[CancelAfter(60_000)]
public sealed class RpcRefusalTests
{
    private static readonly EchoRequest Hello = new() { Text = "hello" };

    [Test]
    public async Task A_caller_without_a_certificate_is_told_so(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await RawConnection.TlsAsync(host.Port, certificate: null, cancellationToken);
        var response = await raw.PostAsync("/rpc/Test.Open", new byte[] { 0x80 }, cancellationToken);
        Assert.That(response.Status, Is.EqualTo(401));
        Assert.That(response.Error, Has.Property("Code").EqualTo(RpcErrorCode.NoCertificate));
        Assert.That(response.Error.Message, Does.Contain("client certificate"));
    }

    [TestCase("Origin: https://elsewhere.example\r\n")]
    [TestCase("Origin: null\r\n")]
    [TestCase("Sec-Fetch-Site: cross-site\r\n")]
    public async Task A_page_in_a_browser_cannot_use_the_certificate_of_its_user(string header, CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("alice", "Test.*").Current.Certificate, cancellationToken);
        var response = await raw.PostAsync("/rpc/Test.Echo", MessagePackSerializer.Serialize(Hello), cancellationToken, headers: header);
        Assert.That((response.Status, response.Error.Code), Is.EqualTo((403, RpcErrorCode.WebPage)));
        Assert.That((await raw.PostAsync("/rpc/Test.Echo", MessagePackSerializer.Serialize(Hello), cancellationToken)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_certificate_of_another_authority_is_refused_even_when_the_authority_has_the_same_name(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        using var elsewhere = new TestPki(Path.Combine(host.Pki.Directory, "elsewhere"), name: "test CA");
        var foreign = elsewhere.IssueFiles(new CertificateOrder { Name = "mallory", Methods = ["*.*"] });
        var error = await FailAsync(host.ClientWith(RpcCredentials.FromFiles(foreign with { Ca = host.Pki.CaFile })), cancellationToken);
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.Unauthenticated).And.Property("Code").EqualTo(RpcErrorCode.UntrustedCertificate));
        Assert.That(error.Message, Does.Contain("mallory").And.Contain("'test CA'").And.Contain("'test identity CA'"));
    }

    [Test]
    public async Task An_expired_certificate_is_refused_with_both_clocks(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var order = new CertificateOrder { Name = "late", Methods = ["Test.*"] };
        var error = await FailAsync(host.ClientWith(IssueBackdated(host, order)), cancellationToken);
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.Unauthenticated).And.Property("Code").EqualTo(RpcErrorCode.CertificateExpired));
        Assert.That(error.Message, Does.Contain("expired at").And.Contain("the clock of the side that checks it says").And.Contain("the clock here says"));
    }

    [Test]
    public async Task A_certificate_of_the_future_is_refused_with_both_clocks(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var order = new CertificateOrder { Name = "early", Methods = ["Test.*"], NotBefore = TimeProvider.System.GetUtcNow().AddDays(1) };
        var error = await FailAsync(host.ClientWith(order), cancellationToken);
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.Unauthenticated).And.Property("Code").EqualTo(RpcErrorCode.CertificateNotYetValid));
        Assert.That(error.Message, Does.Contain("valid from").And.Contain("the clock of the side that checks it says").And.Contain("the clock here says"));
    }

    [Test]
    public async Task A_certificate_revoked_while_it_is_connected_is_refused_at_the_next_call(CancellationToken cancellationToken)
    {
        var revocation = "";
        await using var host = await TestHost.StartAsync((options, pki) =>
        {
            revocation = Path.Combine(pki.Directory, "revoked.pem");
            File.WriteAllText(revocation, pki.Authority.Revoke([], null, TimeSpan.FromDays(1)));
            return options with
            {
                Credentials = pki.Issue(new CertificateOrder { Name = "server", Roles = ["test"] }, revocation: revocation),
            };
        });
        var credentials = host.Pki.User("bob", "Test.*");
        var client = host.ClientWith(credentials);
        await client.CallAsync(TestMethods.Echo, Hello, cancellationToken);

        var list = host.Pki.Authority.Revoke([credentials.Current.Certificate], await File.ReadAllTextAsync(revocation, cancellationToken), TimeSpan.FromDays(1));
        await File.WriteAllTextAsync(revocation, list, cancellationToken);
        host.Credentials.Refresh();

        var error = await FailAsync(client, cancellationToken);
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.Unauthenticated).And.Property("Code").EqualTo(RpcErrorCode.CertificateRevoked));
        Assert.That(error.Message, Does.Contain("bob").And.Contain(credentials.Current.Certificate.SerialNumber));

        await File.WriteAllTextAsync(revocation, host.Pki.Authority.Revoke([], null, TimeSpan.FromDays(1)), cancellationToken);
        host.Credentials.Refresh();

        Assert.That(
            async () => await client.CallAsync(TestMethods.Echo, Hello, cancellationToken), Throws.Nothing,
            "a wrong list was corrected: the same connection counts again");
    }

    [Test]
    public async Task A_stream_whose_caller_loses_its_authority_is_cut(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        using var guests = CertificateAuthority.Create("guests", TimeSpan.FromDays(1), TimeProvider.System);
        await File.AppendAllTextAsync(host.Pki.CaFile, guests.CertificatePem, cancellationToken);
        host.Credentials.Refresh();
        var client = host.ClientWith(new CertificateOrder { Name = "guest", Methods = ["Test.*"] }, guests);
        var endless = new EchoRequest { Text = "x", Count = int.MaxValue, Delay = TimeSpan.FromMilliseconds(10) };
        var error = Assert.ThrowsAsync<RpcException>(async () =>
        {
            await foreach (var response in client.StreamAsync(TestMethods.Count, endless, cancellationToken))
            {
                if (response.Number == 2)
                {
                    await File.WriteAllTextAsync(host.Pki.CaFile, host.Pki.Authority.CertificatePem, cancellationToken);
                    host.Credentials.Refresh();
                }
            }
        });
        Assert.That(error?.Code, Is.EqualTo(RpcErrorCode.UntrustedCertificate));
        await host.Service.Cancelled.Task.WaitAsync(cancellationToken);
        Assert.That((await FailAsync(client, cancellationToken)).Code, Is.EqualTo(RpcErrorCode.UntrustedCertificate));
    }

    [Test]
    public async Task A_method_that_the_certificate_does_not_list_is_refused_and_named(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var error = await FailAsync(host.Client("Test.Count", "Other.*"), cancellationToken);
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.PermissionDenied).And.Property("Code").EqualTo(RpcErrorCode.MethodNotGranted));
        Assert.That(error.Message, Does.Contain("alice").And.Contain("Test.Echo").And.Contain("Test.Count, Other.*"));
    }

    [Test]
    public async Task A_pattern_never_grants_a_method_that_must_be_named(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var error = Assert.ThrowsAsync<RpcException>(() => host.Client("Test.*", "*.*").CallAsync(TestMethods.Dangerous, Hello, cancellationToken));
        Assert.That(error?.Message, Does.Contain("by its full name"));
        Assert.That(
            (await host.Client("Test.Dangerous").CallAsync(TestMethods.Dangerous, Hello, cancellationToken)).Text, Is.EqualTo("hello"));
    }

    [Test]
    public async Task The_identity_authority_grants_no_methods_whatever_its_certificates_list(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        var client = host.ClientWith(new CertificateOrder { Name = "carol", Methods = ["*.*", "Test.Echo"], Groups = ["ops"] }, host.Pki.IdentityAuthority);
        var error = await FailAsync(client, cancellationToken);
        Assert.That(error, Has.Property("Status").EqualTo(RpcStatus.PermissionDenied));
        Assert.That(error.Message, Does.Contain("identity authority"));

        // Public methods need no grant, and the user is who the certificate says.
        Assert.That((await client.CallAsync(TestMethods.Open, Hello, cancellationToken)).User, Is.EqualTo("carol"));
    }

    [Test]
    public async Task An_identity_authority_with_the_name_of_the_other_gains_nothing(CancellationToken cancellationToken)
    {
        using var directory = new TempDirectory();
        using var pki = new TestPki(directory.Path, name: "one name", identityName: "one name");
        await using var host = await TestHost.StartAsync((options, _) => options with { Credentials = pki.Server("test") });
        var methods = ImmutableArray.Create("*.*");
        var impostor = host.ClientWith(pki.Issue(new CertificateOrder { Name = "eve", Methods = methods }, pki.IdentityAuthority));
        var genuine = host.ClientWith(pki.Issue(new CertificateOrder { Name = "adam", Methods = methods }));
        Assert.That((await FailAsync(impostor, cancellationToken)).Code, Is.EqualTo(RpcErrorCode.MethodNotGranted));
        Assert.That((await genuine.CallAsync(TestMethods.Echo, Hello, cancellationToken)).User, Is.EqualTo("adam"));
    }

    [Test]
    public async Task An_unknown_method_is_named(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await RawConnection.TlsAsync(host.Port, host.Pki.User("bob", "*.*").Current.Certificate, cancellationToken);
        var response = await raw.PostAsync("/rpc/Test.Nothing", new byte[] { 0x80 }, cancellationToken);
        Assert.That((response.Status, response.Error.Code), Is.EqualTo((501, RpcErrorCode.UnknownMethod)));
        Assert.That(response.Error.Message, Does.Contain("Test.Nothing"));
    }

    [Test]
    public async Task Calls_without_tls_are_refused(CancellationToken cancellationToken)
    {
        await using var host = await TestHost.StartAsync();
        await using var raw = await RawConnection.PlainAsync(host.Port, cancellationToken);
        var response = await raw.PostAsync("/rpc/Test.Open", new byte[] { 0x80 }, cancellationToken);
        Assert.That((response.Status, response.Error.Code), Is.EqualTo((401, RpcErrorCode.NoCertificate)));
    }

    private static RpcCredentials IssueBackdated(TestHost host, CertificateOrder order)
    {
        // The authority is as old as the certificate, else it would not issue one in the past.
        var past = new FakeTimeProvider(DateTimeOffset.Parse("2026-01-02Z", null));
        using var authority = CertificateAuthority.Create("old CA", TimeSpan.FromDays(3650), past);
        File.AppendAllText(host.Pki.CaFile, authority.CertificatePem);
        host.Credentials.Refresh();
        return host.Pki.Issue(order with { Lifetime = TimeSpan.FromDays(1) }, authority);
    }

    private static async Task<RpcException> FailAsync(RpcClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.CallAsync(TestMethods.Echo, Hello, cancellationToken);
        }
        catch (RpcException error)
        {
            return error;
        }

        throw new AssertionException("the call was not refused");
    }
}
