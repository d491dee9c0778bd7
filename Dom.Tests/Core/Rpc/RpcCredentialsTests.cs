using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Tests.Core.Rpc.Samples;
using Dom.Tests.Support;

namespace Dom.Tests.Core.Rpc;

/// <summary>Credentials come from files and follow them.</summary>
[CancelAfter(60_000)]
public sealed class RpcCredentialsTests
{
    private TempDirectory _directory = new();
    private TestPki? _pki;

    private TestPki Pki => _pki ?? throw new InvalidOperationException("not set up");

    [SetUp]
    public void SetUp()
    {
        _directory = new TempDirectory();
        _pki = new TestPki(_directory.Path);
    }

    [TearDown]
    public void TearDown()
    {
        _pki?.Dispose();
        _directory.Dispose();
    }

    [TestCase("CA.pem", "CA file", "CaFile")]
    [TestCase("cert.pem", "certificate", "CertificateFile")]
    [TestCase("key.pem", "private key", "KeyFile")]
    [TestCase("revoked.pem", "revocation list", "RevocationFile")]
    public void A_missing_file_is_named_with_its_setting(string missing, string what, string setting)
    {
        var revocation = _directory.WriteFile("revoked.pem", Pki.Authority.Revoke([], null, TimeSpan.FromDays(1)));
        var files = Pki.IssueFiles(new CertificateOrder { Name = "x" }, revocation: revocation);
        File.Delete(new[] { files.Ca, files.Certificate, files.Key, revocation }.Single(path => path.EndsWith(missing, StringComparison.Ordinal)));
        Assert.That(() => RpcCredentials.FromFiles(files), Throws.TypeOf<CertificateException>().With.Message.Contains(what).And.Message.Contains(setting));
    }

    [Test]
    public void Files_that_cannot_be_used_are_refused()
    {
        var files = Pki.IssueFiles(new CertificateOrder { Name = "x" });
        var other = Pki.IssueFiles(new CertificateOrder { Name = "y" });
        Assert.Multiple(() =>
        {
            Assert.That(() => RpcCredentials.FromFiles(files with { Key = other.Key }), Throws.TypeOf<CertificateException>().With.Message.Contains("no private key for"));
            Assert.That(() => RpcCredentials.FromFiles(files with { Ca = other.Certificate }), Throws.TypeOf<CertificateException>().With.Message.Contains("not an authority"));
            Assert.That(() => RpcCredentials.FromFiles(files with { Certificate = files.Key }), Throws.TypeOf<CertificateException>().With.Message.Contains("BEGIN CERTIFICATE"));
            Assert.That(() => RpcCredentials.FromFiles(files with { Revocation = files.Ca }), Throws.TypeOf<CertificateException>().With.Message.Contains("X509 CRL"));
            Assert.That(() => RpcCredentials.FromFiles(files with { IdentityCa = files.Ca }), Throws.TypeOf<CertificateException>().With.Message.Contains("same key"));
        });
    }

    [Test]
    public void A_forged_revocation_list_is_refused()
    {
        using var impostor = CertificateAuthority.Create("test CA", TimeSpan.FromDays(10), TimeProvider.System);
        var forged = _directory.WriteFile("forged.pem", impostor.Revoke([], null, TimeSpan.FromDays(1)));
        var files = Pki.IssueFiles(new CertificateOrder { Name = "x" }, revocation: forged);
        Assert.That(() => RpcCredentials.FromFiles(files), Throws.TypeOf<CertificateException>().With.Message.Contains("not signed"));
    }

    [Test]
    public void Changed_files_are_taken_up_after_a_second()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var files = Pki.IssueFiles(new CertificateOrder { Name = "before" });
        var credentials = RpcCredentials.FromFiles(files, time);
        Overwrite(files, Pki.IssueFiles(new CertificateOrder { Name = "after" }));
        Assert.That(credentials.Current.Facts.Name, Is.EqualTo("before"));
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.That((credentials.Current.Facts.Name, credentials.Current.Generation), Is.EqualTo(("after", 2)));
    }

    [Test]
    public void Broken_files_keep_the_old_credentials_and_are_reported_once()
    {
        var files = Pki.IssueFiles(new CertificateOrder { Name = "good" });
        var credentials = RpcCredentials.FromFiles(files);
        var faults = new List<string>();
        credentials.ReloadFailed += fault => faults.Add(fault.Message);
        var key = File.ReadAllText(files.Key);
        File.WriteAllText(files.Key, "nonsense");
        credentials.Refresh();
        credentials.Refresh();
        File.Delete(files.Key);
        credentials.Refresh();
        credentials.Refresh();
        Assert.That(faults, Has.Count.EqualTo(2), string.Join('\n', faults));
        Assert.That((credentials.Current.Facts.Name, credentials.Current.Generation), Is.EqualTo(("good", 1)));
        File.WriteAllText(files.Key, key);
        credentials.Refresh();
        Assert.That((faults.Count, credentials.Current.Generation), Is.EqualTo((2, 2)));
    }

    [Test]
    public async Task New_connections_in_both_directions_use_new_certificates(CancellationToken cancellationToken)
    {
        RpcCredentialFiles? serverFiles = null;
        await using var host = await TestHost.StartAsync((options, pki) =>
        {
            serverFiles = pki.IssueFiles(new CertificateOrder { Name = "server", Roles = ["test"] });
            return options with { Credentials = RpcCredentials.FromFiles(serverFiles) };
        });
        var clientFiles = host.Pki.IssueFiles(new CertificateOrder { Name = "first", Methods = ["Test.*"] });
        var clientCredentials = RpcCredentials.FromFiles(clientFiles);
        var client = host.ClientWith(clientCredentials);
        Assert.That(await WhoAsync(client, cancellationToken), Is.EqualTo("first"));

        Overwrite(clientFiles, host.Pki.IssueFiles(new CertificateOrder { Name = "second", Methods = ["Test.*"] }));
        clientCredentials.Refresh();
        Assert.That(await WhoAsync(client, cancellationToken), Is.EqualTo("second"));

        // The server moves to another authority; the client follows with its CA file and its certificate.
        using var next = new TestPki(Path.Combine(host.Pki.Directory, "next"), name: "next CA");
        Overwrite(serverFiles!, next.IssueFiles(new CertificateOrder { Name = "server", Roles = ["test"] }));
        await File.WriteAllTextAsync(host.Pki.CaFile, next.Authority.CertificatePem, cancellationToken);
        Overwrite(clientFiles, next.IssueFiles(new CertificateOrder { Name = "third", Methods = ["Test.*"] }));
        host.Credentials.Refresh();
        clientCredentials.Refresh();
        Assert.That(await WhoAsync(client, cancellationToken), Is.EqualTo("third"));
    }

    private static async Task<string?> WhoAsync(RpcClient client, CancellationToken cancellationToken) =>
        (await client.CallAsync(TestMethods.Echo, new EchoRequest { Text = "who" }, cancellationToken)).User;

    private static void Overwrite(RpcCredentialFiles target, RpcCredentialFiles source)
    {
        File.Copy(source.Key, target.Key, overwrite: true);
        File.Copy(source.Certificate, target.Certificate, overwrite: true);
    }
}
