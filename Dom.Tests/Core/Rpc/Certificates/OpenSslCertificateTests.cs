using System.Security.Cryptography.X509Certificates;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc.Certificates;

/// <summary>Certificates that people make with OpenSSL in the reference's form, RSA and EC, and OpenSSL's revocation lists.</summary>
[CancelAfter(120_000)]
public sealed class OpenSslCertificateTests
{
    private const string Configuration = """
        [req]
        distinguished_name = name
        prompt = no
        [name]
        CN = nobody
        [authority]
        basicConstraints = critical,CA:true
        keyUsage = critical,keyCertSign,cRLSign
        subjectKeyIdentifier = hash
        [bare_authority]
        basicConstraints = CA:true
        [user]
        1.3.6.1.4.1.9586.100.7.1 = ASN1:SEQUENCE:methods
        1.3.6.1.4.1.9586.100.7.2 = ASN1:SEQUENCE:groups
        [methods]
        m1 = UTF8String:Test.*
        m2 = UTF8String:ImageServer.Get*
        [groups]
        g1 = UTF8String:operators
        [intermediate]
        basicConstraints = critical,CA:true
        keyUsage = critical,keyCertSign,cRLSign
        1.3.6.1.4.1.9586.100.7.1 = ASN1:SEQUENCE:all
        [all]
        m1 = UTF8String:*.*
        [plain]
        basicConstraints = CA:false
        [server_only]
        extendedKeyUsage = serverAuth
        1.3.6.1.4.1.9586.100.7.1 = ASN1:SEQUENCE:methods
        [no_dot]
        1.3.6.1.4.1.9586.100.7.1 = ASN1:SEQUENCE:undotted
        [undotted]
        m1 = UTF8String:Everything
        [ca]
        default_ca = fleet
        [fleet]
        database = index.txt
        crlnumber = crlnumber
        default_md = sha256
        default_crl_days = 30
        """;

    private readonly TempDirectory _directory = new();

    [OneTimeTearDown]
    public void RemoveDirectory() => _directory.Dispose();

    [TestCase("rsa:2048", "authority")]
    [TestCase("ec", "authority")]
    [TestCase("ec", "bare_authority")]
    public async Task A_user_certificate_in_the_references_form_may_call_what_it_lists(string algorithm, string authority)
    {
        var place = await AuthorityAsync(algorithm, authority);
        await IssueAsync(place, "alice", "user", by: "CA", algorithm);
        await using var host = await HostAsync(place, revocation: null);
        var credentials = Credentials(place, "alice");
        Assert.That(credentials.Current.Facts.Methods, Is.EqualTo((string[])["Test.*", "ImageServer.Get*"]));
        Assert.That(credentials.Current.Facts.Groups, Is.EqualTo((string[])["operators"]));
        Assert.That(await WhoAsync(host, credentials), Is.EqualTo("alice"));
    }

    [Test]
    public async Task Methods_of_an_intermediate_authority_are_not_inherited()
    {
        var place = await AuthorityAsync("ec", "authority");
        await IssueAsync(place, "middle", "intermediate", by: "CA", "ec");
        await IssueAsync(place, "powerless", "plain", by: "middle", "ec");
        await IssueAsync(place, "listed", "user", by: "middle", "ec");
        await Append(place, "powerless", "middle");
        await Append(place, "listed", "middle");
        await using var host = await HostAsync(place, revocation: null);
        Assert.That(await RefusalAsync(host, Credentials(place, "powerless")), Is.EqualTo(RpcErrorCode.MethodNotGranted));
        Assert.That(await WhoAsync(host, Credentials(place, "listed")), Is.EqualTo("listed"));
    }

    [Test]
    public async Task A_certificate_signed_by_one_that_is_no_authority_is_refused()
    {
        var place = await AuthorityAsync("ec", "authority");
        await IssueAsync(place, "user", "plain", by: "CA", "ec");
        await IssueAsync(place, "forged", "user", by: "user", "ec");
        await Append(place, "forged", "user");
        await using var host = await HostAsync(place, revocation: null);
        Assert.That(await RefusalAsync(host, Credentials(place, "forged")), Is.EqualTo(RpcErrorCode.UntrustedCertificate));
    }

    [TestCase("server_only")]
    [TestCase("no_dot")]
    public async Task A_certificate_that_is_not_for_clients_or_has_a_bad_list_is_refused(string section)
    {
        var place = await AuthorityAsync("ec", "authority");
        await IssueAsync(place, "alice", section, by: "CA", "ec");
        await using var host = await HostAsync(place, revocation: null);
        await using var raw = await RawConnection.TlsAsync(host.Port, Load(place, "alice"), CancellationToken.None);
        var response = await raw.PostAsync("/rpc/Test.Open", new byte[] { 0x80 }, CancellationToken.None);
        Assert.That((response.Status, response.Error.Code), Is.EqualTo((401, RpcErrorCode.CertificateUnfit)), response.Error.Message);
    }

    [TestCase("PEM")]
    [TestCase("DER")]
    public async Task OpenSsls_revocation_list_is_honoured(string form)
    {
        var place = await AuthorityAsync("rsa:2048", "authority");
        await IssueAsync(place, "good", "user", by: "CA", "ec");
        await IssueAsync(place, "bad", "user", by: "CA", "ec");
        await File.WriteAllTextAsync(Path.Combine(place, "index.txt"), "");
        await File.WriteAllTextAsync(Path.Combine(place, "crlnumber"), "01\n");
        await RunAsync(place, "ca", "-config", "openssl.cnf", "-keyfile", "CA.key", "-cert", "CA.pem", "-revoke", "bad.pem");
        await RunAsync(place, "ca", "-config", "openssl.cnf", "-keyfile", "CA.key", "-cert", "CA.pem", "-gencrl", "-out", "crl.pem");
        await RunAsync(place, "crl", "-in", "crl.pem", "-outform", form, "-out", "crl");
        await using var host = await HostAsync(place, Path.Combine(place, "crl"));
        Assert.That(await WhoAsync(host, Credentials(place, "good")), Is.EqualTo("good"));
        Assert.That(await RefusalAsync(host, Credentials(place, "bad")), Is.EqualTo(RpcErrorCode.CertificateRevoked));
    }

    [Test]
    public async Task OpenSsl_accepts_what_we_issue_and_revoke()
    {
        var place = _directory.CreateDirectory(Guid.NewGuid().ToString("N"));
        using var authority = CertificateAuthority.Create("our CA", TimeSpan.FromDays(30), TimeProvider.System);
        var issued = authority.Issue(new CertificateOrder { Name = "web1", Roles = ["sub"], Hosts = ["web1.example.com", "10.0.0.1"], Methods = ["Subd.*"] });
        await File.WriteAllTextAsync(Path.Combine(place, "CA.pem"), authority.CertificatePem);
        await File.WriteAllTextAsync(Path.Combine(place, "web1.pem"), issued.CertificatePem);
        using var certificate = X509Certificate2.CreateFromPem(issued.CertificatePem);
        await File.WriteAllTextAsync(Path.Combine(place, "crl.pem"), authority.Revoke([certificate], null, TimeSpan.FromDays(1)));

        Assert.That((await RunAsync(place, "verify", "-CAfile", "CA.pem", "-purpose", "sslclient", "-verify_hostname", "web1.example.com", "web1.pem")).Output, Does.Contain("OK"));
        Assert.That((await RunAsync(place, "x509", "-in", "web1.pem", "-noout", "-text")).Output, Does.Contain("URI:dom:role:sub").And.Contain("IP Address:10.0.0.1"));
        Assert.That((await RunAsync(place, "crl", "-in", "crl.pem", "-CAfile", "CA.pem", "-noout")).Error, Does.Contain("verify OK"));
        var checkedAgain = await Tool.RunAsync("openssl", ["verify", "-CAfile", "CA.pem", "-crl_check", "-CRLfile", "crl.pem", "web1.pem"], directory: place);
        Assert.That(checkedAgain.Error + checkedAgain.Output, Does.Contain("certificate revoked"));
    }

    private async Task<string> AuthorityAsync(string algorithm, string section)
    {
        var place = _directory.CreateDirectory(Guid.NewGuid().ToString("N"));
        await File.WriteAllTextAsync(Path.Combine(place, "openssl.cnf"), Configuration);
        await RunAsync(place, ["req", "-x509", "-config", "openssl.cnf", "-extensions", section, "-subj", "/CN=fleet", "-days", "30",
            "-nodes", .. KeyOptions(algorithm), "-keyout", "CA.key", "-out", "CA.pem"]);
        return place;
    }

    private static async Task IssueAsync(string place, string name, string section, string by, string algorithm)
    {
        await RunAsync(place, ["req", "-config", "openssl.cnf", "-subj", $"/O=example/CN={name}", "-nodes", .. KeyOptions(algorithm),
            "-keyout", $"{name}.key", "-out", $"{name}.csr"]);
        await RunAsync(place, "x509", "-req", "-in", $"{name}.csr", "-CA", $"{by}.pem", "-CAkey", $"{by}.key", "-CAcreateserial",
            "-days", "10", "-extfile", "openssl.cnf", "-extensions", section, "-out", $"{name}.pem");
    }

    private static string[] KeyOptions(string algorithm) =>
        algorithm == "ec" ? ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"] : ["-newkey", algorithm];

    private static Task Append(string place, string name, string further) =>
        File.AppendAllTextAsync(Path.Combine(place, $"{name}.pem"), File.ReadAllText(Path.Combine(place, $"{further}.pem")));

    private static async Task<ToolResult> RunAsync(string place, params string[] arguments) =>
        (await Tool.RunAsync("openssl", arguments, directory: place)).Expect();

    private static async Task<TestHost> HostAsync(string place, string? revocation)
    {
        var server = CertificateAuthority.FromPem(
            await File.ReadAllTextAsync(Path.Combine(place, "CA.pem")), await File.ReadAllTextAsync(Path.Combine(place, "CA.key")), TimeProvider.System);
        return await TestHost.StartAsync((options, pki) =>
        {
            using (server)
            {
                var files = pki.IssueFiles(new CertificateOrder { Name = "server", Roles = ["test"] }, server, revocation);
                return options with { Credentials = RpcCredentials.FromFiles(files with { Ca = Path.Combine(place, "CA.pem") }) };
            }
        });
    }

    private static RpcCredentials Credentials(string place, string name) => RpcCredentials.FromFiles(
        Path.Combine(place, "CA.pem"), null, Path.Combine(place, $"{name}.pem"), Path.Combine(place, $"{name}.key"));

    private static X509Certificate2 Load(string place, string name) =>
        X509Certificate2.CreateFromPemFile(Path.Combine(place, $"{name}.pem"), Path.Combine(place, $"{name}.key"));

    private static async Task<string?> WhoAsync(TestHost host, RpcCredentials credentials) =>
        (await host.ClientWith(credentials).CallAsync(TestMethods.Echo, new EchoRequest { Text = "who" }, CancellationToken.None)).User;

    private static async Task<string?> RefusalAsync(TestHost host, RpcCredentials credentials)
    {
        try
        {
            return await WhoAsync(host, credentials);
        }
        catch (RpcException error)
        {
            return error.Code;
        }
    }
}
