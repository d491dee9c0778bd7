using System.Net;
using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Rpc.Certificates;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.MdbSync;
using Dom.Roles.MdbSync.Sources;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.MdbSync;

/// <summary>The whole role over real connections.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class MdbSyncRoleTests : IDisposable
{
    private readonly TempDirectory _directory = new("dom-mdb-");
    private readonly TestPki _pki;

    public MdbSyncRoleTests() => _pki = new TestPki(_directory.Combine("pki"));

    public void Dispose()
    {
        _pki.Dispose();
        _directory.Dispose();
    }

    [Test, CancelAfter(60_000)]
    public async Task A_master_follows_the_list_over_TLS_and_changes_are_audited(CancellationToken token)
    {
        var source = _directory.WriteFile("a.json", MdbRig.Json(700));
        await using var role = await StartAsync($"json {source}", token);
        await using var master = Connect(role, _pki.Issue(new CertificateOrder { Name = "master", Roles = ["master"], Methods = [.. RoleGrants.For("master") ?? []] }));
        await using var admin = Connect(role, _pki.User("admin", "MdbServer.*"));
        await UntilListAsync(admin, 700, token);
        await using var parts = master.StreamAsync(MdbServerMethods.GetMdbUpdates, new MdbRequest(), token).GetAsyncEnumerator(token);
        var assembler = new MdbAssembler(MachineListLimits.Default);
        Assert.That((await NextAsync(parts, assembler)).Count, Is.EqualTo(700));

        await admin.CallAsync(MdbServerMethods.PauseUpdates, new PauseUpdatesRequest { Hostname = "h5", Reason = "looking", Duration = TimeSpan.FromHours(1) }, token);
        Assert.That((await NextAsync(parts, assembler)).Find("h5")?.DisableUpdates, Is.True);
        Assert.That(
            async () => await master.CallAsync(MdbServerMethods.PauseUpdates, new PauseUpdatesRequest { Hostname = "h6", Reason = "x", Duration = TimeSpan.FromHours(1) }, token),
            Throws.TypeOf<RpcException>().With.Property(nameof(RpcException.Status)).EqualTo(RpcStatus.PermissionDenied));
        var audit = await File.ReadAllLinesAsync(_directory.Combine("state", "audit.log"), token);
        Assert.That(audit[0], Does.Contain("\"user\":\"admin\"").And.Contain("\"target\":\"h5\"").And.Contain("\"reason\":\"looking\"").And.Contain("\"outcome\":\"Ok\""));
        Assert.That(await File.ReadAllTextAsync(_directory.Combine("state", "audit-refused.log"), token), Does.Contain("\"user\":\"master\"").And.Contain("\"outcome\":\"MethodNotGranted\""));
    }

    [Test, CancelAfter(60_000)]
    public async Task Pages_metrics_and_readiness_show_what_is_wrong_and_no_paths(CancellationToken token)
    {
        var source = _directory.WriteFile("a.json", MdbRig.Json(3).Replace("web/1", "web/<b>", StringComparison.Ordinal));
        await using var role = await StartAsync($"name=inventory json {source}", token);
        await using var admin = Connect(role, _pki.User("admin", "MdbServer.*"));
        await UntilListAsync(admin, 3, token);
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{role.Address.Port}/") };
        Assert.That((await http.GetAsync("/readyz", token)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await http.GetStringAsync("/", token), Does.Contain("inventory").And.Contain("Nothing is wrong").And.Not.Contain(source));
        Assert.That(await http.GetStringAsync("/machines?search=h", token), Does.Contain("web/&lt;b&gt;").And.Contain("/machines/h2"));
        Assert.That(await http.GetStringAsync("/machines/h2", token), Does.Contain("As inventory says"));
        Assert.That((await http.GetAsync("/machines/none", token)).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await http.GetStringAsync("/machines?search=h2&output=csv", token), Does.StartWith("hostname,location,required_image").And.Contain("\r\nh2,").And.Contain("web/<b>").And.Not.Contain("h1"));
        Assert.That(await http.GetStringAsync("/?output=json", token), Does.Contain("\"name\":\"inventory\"").And.Not.Contain(source));
        Assert.That((await http.GetAsync("/machines?page=0", token)).StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await http.GetAsync("/variables?output=json", token)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That((await http.GetAsync("/variables", token)).StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await http.GetStringAsync("/paused", token), Does.Contain("No machine is paused"));

        await File.WriteAllTextAsync(source, "[]", token);
        while (!(await http.GetStringAsync("/metrics", token)).Contains("dom_mdb_shrinks_refused 1", StringComparison.Ordinal))
        {
            await Task.Delay(50, token);
        }

        var page = await http.GetStringAsync("/", token);
        Assert.That(page, Does.Contain("class=\"stop\"").And.Contain("accept-shrink").And.Contain("a source has a fault").And.Not.Contain(source));
        foreach (var form in new[] { "/?output=json", "/?output=csv&table=problems", "/?output=json&table=problems" })
        {
            Assert.That(await http.GetStringAsync(form, token), Does.Not.Contain(source), form);
        }

        Assert.That(await http.GetStringAsync("/metrics", token), Does.Contain("dom_mdb_machines 3").And.Contain("dom_mdb_source_up{source=\"inventory\"} 0").And.Contain("dom_mdb_source_machines{source=\"inventory\"} 3"));
    }

    [Test, CancelAfter(120_000)]
    public async Task Pages_can_be_read_in_a_browser_in_every_light(CancellationToken token)
    {
        var source = _directory.WriteFile("a.json", MdbRig.Json(700));
        await using var role = await StartAsync($"name=inventory json {source}", token);
        await using var admin = Connect(role, _pki.User("admin", "MdbServer.*"));
        await UntilListAsync(admin, 700, token);
        await using var browser = await Chromium.StartAsync(token);
        foreach (var (page, name) in new[] { ("/", "sources"), ("/machines?page=2", "machines"), ("/machines/h2", "machine") })
        {
            await PageLook.CheckAsync(browser, $"http://127.0.0.1:{role.Address.Port}{page}", "mdb-" + name, token);
        }
    }

    [Test, CancelAfter(60_000)]
    public void Wrong_configuration_is_told_before_anything_starts()
    {
        var options = Options("json /x") with { Source = [] };
        var role = new MdbSyncRole(options, NullLoggerFactory.Instance, TimeProvider.System);
        Assert.That(async () => await role.StartAsync(CancellationToken.None), Throws.TypeOf<ConfigurationException>());
        var nowhere = new MdbSyncRole(Options("json /x") with { Output = _directory.Combine("no", "such", "mdb.json") }, NullLoggerFactory.Instance, TimeProvider.System);
        Assert.That(async () => await nowhere.StartAsync(CancellationToken.None), Throws.InstanceOf<IOException>().With.Message.Contains("no/such"));
    }

    private static async Task UntilListAsync(RpcClient client, int machines, CancellationToken token)
    {
        while ((await client.CallAsync(MdbServerMethods.GetStatus, new MdbRequest(), token)).Machines != machines)
        {
            await Task.Delay(20, token);
        }
    }

    private static async Task<MachineList> NextAsync(IAsyncEnumerator<MdbUpdate> parts, MdbAssembler assembler)
    {
        while (await parts.MoveNextAsync())
        {
            if (assembler.Add(parts.Current) is { } list)
            {
                return list;
            }
        }

        throw new AssertionException("the stream ended");
    }

    private MdbSyncOptions Options(string source)
    {
        var files = _pki.IssueFiles(new CertificateOrder { Name = "mdbd", Roles = ["mdb-sync"] });
        return new MdbSyncOptions
        {
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            StateDirectory = _directory.Combine("state"),
            Output = _directory.Combine("mdb.json"),
            Source = [SourceDefinitionParser.Parse(source)],
            Tls = new TlsOptions { CaFile = files.Ca, CertificateFile = files.Certificate, KeyFile = files.Key },
        };
    }

    private async Task<MdbSyncRole> StartAsync(string source, CancellationToken token)
    {
        var role = new MdbSyncRole(Options(source), NullLoggerFactory.Instance, TimeProvider.System);
        await role.StartAsync(token);
        return role;
    }

    private static RpcClient Connect(MdbSyncRole role, RpcCredentials credentials) =>
        new(new RpcEndpoint { Host = "127.0.0.1", Port = role.Address.Port, Role = "mdb-sync" }, credentials, new RpcClientOptions { Retries = 1 });
}
