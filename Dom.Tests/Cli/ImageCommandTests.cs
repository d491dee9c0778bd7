using System.Net;
using System.Text.Json;
using Dom.Cli;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.ImageServer;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Cli;

/// <summary><c>dom image</c> as users and scripts run it.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ImageCommandTests : IDisposable
{
    private readonly TempDirectory _directory = new("dom-cli-");
    private readonly TestPki _pki;
    private readonly RpcCredentialFiles _alice;

    public ImageCommandTests()
    {
        _pki = new TestPki(_directory.Combine("pki"));
        _alice = _pki.IssueFiles(new CertificateOrder { Name = "alice", Methods = ["ImageServer.*", "ObjectServer.*"] });
    }

    public void Dispose()
    {
        _pki.Dispose();
        _directory.Dispose();
    }

    [Test, CancelAfter(240_000)]
    public async Task A_user_pushes_compares_unpacks_and_deletes_images(CancellationToken token)
    {
        await using var server = await StartAsync(token);
        _directory.WriteFile("source/etc/motd", "welcome\n");
        _directory.WriteFile("source/etc/hosts", "127.0.0.1 localhost\n");
        _directory.WriteFile("source/tmp/rubbish", "rubbish");
        var filter = _directory.WriteFile("filter", "/tmp/.*\n");
        var triggers = _directory.WriteFile("triggers", """[{ "MatchLines": ["/etc/motd"], "Service": "motd", "DoReload": true }]""");
        var source = _directory.Combine("source");

        var pushed = (await RunAsync(server, "push", "web/1", source, "--filter", filter, "--triggers", triggers, "--json")).Expect();
        using var document = JsonDocument.Parse(pushed.Output);
        Assert.That(document.RootElement.GetProperty("schema_version").GetInt32(), Is.EqualTo(1));
        Assert.That(document.RootElement.GetProperty("image").GetProperty("created_by").GetString(), Is.EqualTo("alice"));
        Assert.That(document.RootElement.GetProperty("left_out").GetArrayLength(), Is.Zero);
        var again = (await RunAsync(server, "push", "web/1", source, "--filter", filter, "--triggers", triggers)).Expect();
        Assert.That(again.Output, Does.Contain("sent 0 B in 0 objects"));
        Assert.That(again.Error, Is.Empty, "no progress where there is no terminal");

        _directory.WriteFile("source/etc/motd", "good day\n");
        File.Delete(_directory.Combine("source", "etc", "hosts"));
        _directory.WriteFile("source/etc/new", "new");
        (await RunAsync(server, "push", "web/2", source, "--filter", filter, "--triggers", triggers)).Expect();
        var diff = (await RunAsync(server, "diff", "web/1", "web/2")).Expect(ExitCode.Drift);
        Assert.That(diff.Lines, Is.EqualTo(new[] { "- /etc/hosts", "~ /etc/motd (content, time)", "+ /etc/new" }));
        (await RunAsync(server, "diff", "web/2", "web/2")).Expect(ExitCode.Done);

        var list = (await RunAsync(server, "list", "web")).Expect();
        Assert.That(list.Lines[1..].Select(l => l.Split(' ')[0]), Is.EqualTo(new[] { "web/1", "web/2" }));
        var show = (await RunAsync(server, "show", "web/2", "--files")).Expect();
        Assert.That(show.Output, Does.Contain("reload motd").And.Contains("/etc/new").And.Contains("/tmp/.*").And.Not.Contains("rubbish"));

        var target = _directory.Combine("target");
        (await RunAsync(server, "get", "web/2", target)).Expect();
        Assert.That(await Rsync.DifferencesAsync(source, target, "/tmp/rubbish"), Is.Empty);
        (await RunAsync(server, "get", "web/2", target)).Expect(ExitCode.Refused);

        (await RunAsync(server, "delete", "web/1", "--dry-run")).Expect();
        (await RunAsync(server, "delete", "web/1")).Expect(ExitCode.Usage);
        (await RunAsync(server, "show", "web/1")).Expect();
        (await RunAsync(server, "delete", "web/1", "--yes")).Expect();
        (await RunAsync(server, "show", "web/1")).Expect(ExitCode.NotFound);
        (await RunAsync(server, "push", "web/1", source)).Expect(ExitCode.Refused);
    }

    [Test, CancelAfter(120_000)]
    public async Task A_damaged_store_is_found_by_check(CancellationToken token)
    {
        await using var server = await StartAsync(token);
        _directory.WriteFile("source/file", "some content");
        (await RunAsync(server, "push", "web/1", _directory.Combine("source"))).Expect();
        (await RunAsync(server, "check", "web/1")).Expect();
        var stored = Directory.GetFiles(_directory.Combine("state", "objects"), "*", SearchOption.AllDirectories).Single();
        await File.WriteAllTextAsync(stored, "same length!", token);
        var check = (await RunAsync(server, "check", "web/1")).Expect(ExitCode.Corrupt);
        Assert.That(check.Output, Does.Contain("1 corrupt"));
        (await RunAsync(server, "get", "web/1", _directory.Combine("target"))).Expect(ExitCode.NotFound);
    }

    [Test, CancelAfter(120_000)]
    public async Task Mistakes_are_named_before_anything_is_sent(CancellationToken token)
    {
        await using var server = await StartAsync(token);
        _directory.WriteFile("source/file", "some content");
        var source = _directory.Combine("source");
        var filter = _directory.WriteFile("filter", "/good\n(\n");
        var bad = (await RunAsync(server, "push", "web/1", source, "--filter", filter)).Expect(ExitCode.Usage);
        Assert.That(bad.Error, Does.Contain("filter").And.Contains("2"));
        (await RunAsync(server, "push", "../web", source)).Expect(ExitCode.Usage);
        (await RunAsync(server, "push", "web/1", _directory.Combine("nowhere"))).Expect(ExitCode.NotFound);
        (await RunAsync(server, "push", "web/1", source, "--owner", "nobody")).Expect(ExitCode.Usage);
        (await RunAsync(server, "show", "web/1")).Expect(ExitCode.NotFound);
        Assert.That((await RunAsync(server, "list")).Expect().Output, Is.Empty);
    }

    private Task<ToolResult> RunAsync(ImageServerRole server, params string[] arguments) => DomProgram.RunAsync(
    [
        "image", .. arguments, "--imageserver", $"127.0.0.1:{server.Address.Port}", "--ca", _alice.Ca, "--cert", _alice.Certificate, "--key", _alice.Key,
    ]);

    private async Task<ImageServerRole> StartAsync(CancellationToken token)
    {
        var files = _pki.IssueFiles(new CertificateOrder { Name = "imageserver", Roles = ["imageserver"] });
        var role = new ImageServerRole(
            new ImageServerOptions
            {
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                StateDirectory = _directory.Combine("state"),
                Tls = new TlsOptions { CaFile = files.Ca, CertificateFile = files.Certificate, KeyFile = files.Key },
            },
            NullLoggerFactory.Instance,
            TimeProvider.System);
        await role.StartAsync(token);
        return role;
    }
}
