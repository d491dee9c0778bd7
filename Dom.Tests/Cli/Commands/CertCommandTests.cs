using System.Text.Json;
using Dom.Cli;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Cli.Commands;

/// <summary><c>dom cert</c> as a process.</summary>
public sealed class CertCommandTests
{
    private TempDirectory _directory = new();

    private string Out => _directory.Combine("ca");

    [SetUp]
    public void SetUp() => _directory = new TempDirectory();

    [TearDown]
    public void TearDown() => _directory.Dispose();

    [Test]
    public async Task What_it_issues_connects_and_what_it_revokes_does_not()
    {
        await CertAsync("init-ca");
        await CertAsync("issue", "--name", "server", "--role", "master");
        await CertAsync("issue", "--name", "alice", "--allow", "Test.*,Dominator.*", "--groups", "ops");
        await CertAsync("revoke");
        var revoked = Path.Combine(Out, "revoked.pem");
        await using var host = await TestHost.StartAsync((options, _) => options with { Credentials = Credentials("server", revoked) });
        var endpoint = new RpcEndpoint { Host = "127.0.0.1", Port = host.Port, Role = "master" };
        var client = host.ClientWith(Credentials("alice"), endpoint: endpoint);
        var request = new EchoRequest { Text = "x" };
        Assert.That((await client.CallAsync(TestMethods.Echo, request, CancellationToken.None)).User, Is.EqualTo("alice"));

        await CertAsync("revoke", Path.Combine(Out, "alice", "cert.pem"));
        host.Credentials.Refresh();
        var error = Assert.ThrowsAsync<RpcException>(() => client.CallAsync(TestMethods.Echo, request, CancellationToken.None));
        Assert.That(error?.Code, Is.EqualTo(RpcErrorCode.CertificateRevoked));
    }

    [Test]
    public async Task Keys_are_private_and_nothing_is_overwritten_silently()
    {
        await CertAsync("init-ca");
        await CertAsync("issue", "--name", "alice");
        var key = Path.Combine(Out, "alice", "key.pem");
        var before = await File.ReadAllTextAsync(key);
        Assert.That(File.GetUnixFileMode(key), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That(File.GetUnixFileMode(Path.Combine(Out, "CA.key")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
        Assert.That((await RunAsync("init-ca")).ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That((await RunAsync("issue", "--name", "alice")).ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(await File.ReadAllTextAsync(key), Is.EqualTo(before));
        await CertAsync("issue", "--name", "alice", "--replace");
        Assert.That(await File.ReadAllTextAsync(key), Is.Not.EqualTo(before));
        Assert.That(Directory.GetFiles(Path.Combine(Out, "alice")), Has.Length.EqualTo(2));
    }

    [Test]
    public async Task Show_prints_json_for_programs_and_names_files_it_cannot_read()
    {
        await CertAsync("init-ca");
        await CertAsync("issue", "--name", "web1", "--role", "sub", "--host", "web1.example.com,10.0.0.1", "--days", "7");
        var broken = _directory.WriteFile("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        var result = (await DomProgram.RunAsync("cert", "show", "--json", Path.Combine(Out, "web1", "cert.pem"), broken)).Expect(ExitCode.Partial);
        using var document = JsonDocument.Parse(result.Output);
        var certificate = document.RootElement.GetProperty("certificates").EnumerateArray().Single();
        Assert.Multiple(() =>
        {
            Assert.That(certificate.GetProperty("name").GetString(), Is.EqualTo("web1"));
            Assert.That(certificate.GetProperty("state").GetString(), Is.EqualTo("valid"));
            Assert.That(certificate.GetProperty("roles")[0].GetString(), Is.EqualTo("sub"));
            Assert.That(certificate.GetProperty("hosts").EnumerateArray().Select(host => host.GetString()), Is.EqualTo((string[])["web1.example.com", "10.0.0.1"]));
            Assert.That(certificate.GetProperty("methods")[0].GetString(), Is.EqualTo("ObjectServer.GetObjects"));
            Assert.That((certificate.GetProperty("not_after").GetDateTimeOffset() - TimeProvider.System.GetUtcNow()).TotalDays, Is.EqualTo(7).Within(0.1));
            Assert.That(document.RootElement.GetProperty("failures")[0].GetProperty("message").GetString(), Does.Contain(broken));
        });
    }

    [TestCase(ExitCode.NotFound, "issue", "--name", "alice")]
    [TestCase(ExitCode.Usage, "init-ca", "--days", "0")]
    [TestCase(ExitCode.NotFound, "show", "/nonexistent/cert.pem")]
    public async Task Mistakes_have_an_exit_code_and_a_remedy(int exitCode, params string[] arguments)
    {
        var result = (await RunAsync(arguments)).Expect(exitCode);
        Assert.That(result.Error, Does.StartWith("dom: "));
    }

    [TestCase("--name", "../alice")]
    [TestCase("--name", "alice", "--allow", "Everything")]
    [TestCase("--name", "alice", "--role", "imagesrv")]
    [TestCase("--name", "alice", "--identity", "--allow", "*.*")]
    [TestCase("--name", "alice", "--host", "not a host")]
    public async Task A_bad_order_is_a_usage_error_and_writes_nothing(params string[] arguments)
    {
        await CertAsync("init-ca");
        (await RunAsync(["issue", .. arguments])).Expect(ExitCode.Usage);
        Assert.That(Directory.GetDirectories(Out), Is.Empty);
    }

    [Test]
    public async Task The_identity_authority_has_its_own_list_in_the_same_file()
    {
        await CertAsync("init-ca");
        await CertAsync("init-ca", "--identity");
        await CertAsync("issue", "--name", "bob", "--identity");
        await CertAsync("issue", "--name", "alice");
        var dry = await RunAsync("revoke", "--dry-run", Path.Combine(Out, "bob", "cert.pem"));
        Assert.That((dry.ExitCode, dry.Output), Is.EqualTo((ExitCode.Done, dry.Output)));
        Assert.That(dry.Output, Does.Contain("would revoke bob"));
        Assert.That(File.Exists(Path.Combine(Out, "revoked.pem")), Is.False);

        await CertAsync("revoke", Path.Combine(Out, "bob", "cert.pem"));
        await CertAsync("revoke", Path.Combine(Out, "alice", "cert.pem"));
        var revoked = RpcCredentials.FromFiles(Files("alice", Path.Combine(Out, "revoked.pem")) with { IdentityCa = Path.Combine(Out, "IdentityCA.pem") }).Current;
        foreach (var name in new[] { "alice", "bob" })
        {
            var certificate = Credentials(name).Current.Certificate;
            Assert.That(
                () => revoked.Trust.Verify(certificate, [], CertificatePurpose.Client, TimeProvider.System.GetUtcNow()),
                Throws.TypeOf<CertificateException>().With.Property("Code").EqualTo(RpcErrorCode.CertificateRevoked));
        }
    }

    [Test]
    public void Every_role_has_grants_that_name_methods_of_this_version() => Assert.Multiple(() =>
    {
        foreach (var role in RoleGrants.Roles)
        {
            foreach (var pattern in RoleGrants.For(role) ?? [])
            {
                Assert.That(MethodPattern.Fault(pattern), Is.Null);
                Assert.That(Dom.Core.Contracts.AllMethods.List.Any(method => MethodPattern.Matches(pattern, method.FullName)), Is.True, $"{role}: {pattern}");
            }
        }
    });

    private async Task CertAsync(params string[] arguments) => (await RunAsync(arguments)).Expect();

    private Task<ToolResult> RunAsync(params string[] arguments) =>
        DomProgram.RunAsync(arguments[0] == "show" ? ["cert", .. arguments] : ["cert", .. arguments, "--out", Out]);

    private RpcCredentialFiles Files(string name, string? revocation = null) => new()
    {
        Ca = Path.Combine(Out, "CA.pem"),
        Certificate = Path.Combine(Out, name, "cert.pem"),
        Key = Path.Combine(Out, name, "key.pem"),
        Revocation = revocation,
    };

    private RpcCredentials Credentials(string name, string? revocation = null) => RpcCredentials.FromFiles(Files(name, revocation));
}
