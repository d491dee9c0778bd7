using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Core.Trees.Comparison;
using Dom.Roles.Master;
using Dom.Roles.Master.Pages;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Master;

[CancelAfter(60_000)]
public sealed class MasterPagesTests
{
    [Test]
    public async Task The_fleet_page_counts_all_machines_and_shows_what_is_stopped(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        await using var client = rig.Client("alice");
        await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "<b>fire</b>" }, cancellationToken);
        var html = await GetAsync(rig, "/", cancellationToken);
        Assert.That(html, Does.Contain("STOP").And.Contain("alice").And.Contain("&lt;b&gt;fire&lt;/b&gt;"));
        Assert.That(html, Does.Contain("/subs?status=synced").And.Contain("web/1").And.Contain("images:6971"));
        Assert.That(html, Does.Not.Contain("<b>fire"));

        var json = JsonDocument.Parse(await GetAsync(rig, "/?output=json", cancellationToken));
        Assert.That(json.RootElement.GetProperty("machines").GetInt32(), Is.EqualTo(2));
        Assert.That(json.RootElement.GetProperty("byStatus").EnumerateObject().Sum(p => p.Value.GetInt32()), Is.EqualTo(2));
    }

    [Test]
    public async Task The_table_of_machines_is_filtered_and_comes_in_other_forms(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        Assert.That(await GetAsync(rig, "/subs?output=text", cancellationToken), Is.EqualTo("a\nb\n"));
        Assert.That(await GetAsync(rig, "/subs?output=text&status=image undefined", cancellationToken), Is.EqualTo("b\n"));
        Assert.That(await GetAsync(rig, "/subs?output=text&group=compliant", cancellationToken), Is.EqualTo("a\n"));
        Assert.That(await GetAsync(rig, "/subs?output=csv&name=B", cancellationToken), Does.StartWith("hostname,status").And.Contain("\r\nb,image undefined,"));
        Assert.That(JsonDocument.Parse(await GetAsync(rig, "/subs?output=json", cancellationToken)).RootElement.GetArrayLength(), Is.EqualTo(2));
        Assert.That(await GetAsync(rig, "/subs?status=nonsense", cancellationToken), Does.Contain("there is no status 'nonsense'"));
        Assert.That(await GetAsync(rig, "/subs", cancellationToken), Does.Contain("/sub?host=a"));
    }

    [Test]
    public async Task Filters_are_combined_shown_and_taken_away(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        var sub = rig.Add("a1", ScriptedSub.Obedient(applied: rig.Images.Add("web/1")));
        sub.Set(s => s with { AppliedImage = "web/1" });
        rig.Add("a2", new ScriptedSub());
        rig.Add("b1", new ScriptedSub());
        rig.Add("b2", new ScriptedSub());
        rig.Channels["b2"] = new BrokenChannel(
            () => new RpcException(RpcStatus.Unavailable, "away", RpcErrorCode.Unreachable, retryable: true, new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.ConnectionRefused)), rig.Clock);
        rig.WriteList(
            new Machine { Hostname = "a1", RequiredImage = "web/1", PlannedImage = "web/2", Location = "SJC/rack1" },
            new Machine { Hostname = "a2", RequiredImage = "web/none", Location = "SJC/rack10" },
            new Machine { Hostname = "b1", DisableUpdates = true, Location = "LON", Tags = new Dictionary<string, string> { ["tier"] = "db" } },
            new Machine { Hostname = "b2", RequiredImage = "web/1" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a1", MachineStatus.Synced, cancellationToken);
        await rig.WhenAsync("a2", MachineStatus.ImageNotReady, cancellationToken);
        await rig.WhenAsync("b2", MachineStatus.ConnectionRefused, cancellationToken);
        await rig.Service.Pauses.BeginAsync(["a2"], TimeSpan.FromHours(1), "alice", "looks");
        foreach (var (query, names) in new[]
        {
            ("group=alive&location=SJC", "a1\na2\n"), ("location=SJC/rack1", "a1\n"), ("group=missing-image", "a2\n"), ("group=no-image", "b1\n"), ("group=disabled", "b1\n"),
            ("group=paused", "a2\n"), ("group=unreachable", "b2\n"), ("group=unreachable&silent=1h", "b2\n"), ("silent=never", "b2\n"), ("silent=1h&group=alive", ""),
            ("answered=1h&name=A", "a1\na2\n"), ("required=web/1", "a1\nb2\n"), ("required=web/1&group=compliant", "a1\n"), ("planned=web/2", "a1\n"), ("applied=web/1", "a1\n"),
            ("tag=tier=db", "b1\n"), ("tag=tier=db&location=SJC", ""),
        })
        {
            Assert.That(await GetAsync(rig, "/subs?output=text&" + query, cancellationToken), Is.EqualTo(names), query);
        }

        var html = await GetAsync(rig, "/subs?group=alive&location=SJC", cancellationToken);
        Assert.That(html, Does.Contain("2 machines: alive").And.Contain("href=\"?group=alive\" aria-label=\"location: SJC, take this away\""));
        Assert.That(await GetAsync(rig, "/subs?group=nonsense", cancellationToken), Does.Contain("there is no group 'nonsense'"));
        Assert.That(await GetAsync(rig, "/subs?silent=soon", cancellationToken), Does.Contain("silent=soon is not a length of time"));
        Assert.That(await GetAsync(rig, "/subs?page=zero", cancellationToken), Does.Contain("page=zero is not the number of a page"));
        Assert.That(await GetAsync(rig, "/locations?output=csv", cancellationToken), Is.EqualTo(
            "location,machines,in_sync,deviant,unreachable\r\n(none),1,0,0,1\r\nLON,1,0,1,0\r\nSJC,2,1,1,0\r\nSJC/rack1,1,1,0,0\r\nSJC/rack10,1,0,1,0\r\n"));
        Assert.That(await GetAsync(rig, "/images?output=text", cancellationToken), Is.EqualTo("web/1\nweb/2\nweb/none\n"));
        Assert.That(await GetAsync(rig, "/", cancellationToken), Does.Contain("/subs?group=missing-image").And.Contain("never answered").And.Contain("/subs?required=web%2F1"));
    }

    [Test]
    public async Task Machines_whose_image_has_a_newer_one_in_its_directory_are_a_list_of_their_own(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        foreach (var (host, image) in new[] { ("a", "web/1"), ("b", "web/2"), ("c", "db/1"), ("d", "db/1") })
        {
            rig.Add(host, ScriptedSub.Obedient(applied: rig.Images.Add(image)));
        }

        rig.Images.Add("web/below/9");
        rig.WriteList([.. new[] { ("a", "web/1"), ("b", "web/2"), ("c", "db/1"), ("d", "db/1"), ("e", "") }.Select(static m => new Machine { Hostname = m.Item1, RequiredImage = m.Item2 })]);
        rig.Add("e", new ScriptedSub());
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(() => rig.Info("a").NewerImage == "web/2" && rig.Images.Directories.Contains("db"), () => "nothing is known of newer images", cancellationToken);
        Assert.That(await GetAsync(rig, "/subs?output=text&group=outdated-image", cancellationToken), Is.EqualTo("a\n"));
        Assert.That(await GetAsync(rig, "/", cancellationToken), Does.Contain("/subs?group=outdated-image"));

        await using var client = rig.Client("alice");
        await using var changes = client.StreamAsync(DominatorMethods.WatchSubs, new WatchRequest { Brief = true }, cancellationToken).GetAsyncEnumerator(cancellationToken);
        await changes.MoveNextAsync();
        rig.Images.Add("db/2");
        await rig.WhenAsync(() => rig.Info("c").NewerImage == "db/2", () => "it is not asked again", cancellationToken, step: TimeSpan.FromSeconds(20));
        var changed = new HashSet<string>();
        while (!changed.IsSupersetOf(["c", "d"]))
        {
            Assert.That(await changes.MoveNextAsync());
            changed.UnionWith(changes.Current.Subs.Where(static s => s.NewerImage == "db/2").Select(static s => s.Hostname));
        }

        Assert.That(await GetAsync(rig, "/subs?output=csv&group=outdated-image&location=", cancellationToken), Does.Match("(?s)hostname,.*newer_image.*a,.*web/2.*c,.*db/2.*d,.*db/2"));
        Assert.That(await GetAsync(rig, "/images?output=json", cancellationToken), Does.Contain("\"newer_image\":\"db/2\"").Or.Contain("\"newer_image\": \"db/2\""));
        var names = await client.StreamAsync(DominatorMethods.ListSubs, new SubQuery { Outdated = true }, cancellationToken).SelectMany(static p => p.Hostnames).ToListAsync(cancellationToken);
        Assert.That(names, Is.EqualTo(new[] { "a", "c", "d" }));
    }

    [Test]
    public async Task Every_page_says_what_is_stopped(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken, sub => sub.Set(s => s with
        {
            AppliedManifest = default,
            Plan = ScriptedSub.Plan(s.RequiredManifest, 70, deletions: 70),
        }));
        await rig.WhenAsync("a", MachineStatus.UnsafeUpdate, cancellationToken);
        await using var client = rig.Client("alice");
        await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "fire" }, cancellationToken);
        foreach (var page in new[] { "/", "/subs", "/images", "/locations", "/sub?host=a", "/sub?host=none", "/history", "/drift" })
        {
            Assert.That(
                await GetAsync(rig, page, cancellationToken, user: "alice"),
                Does.Contain("Updates of all machines are stopped").And.Contain("1 machine is stopped for safety").And.Contain("/subs?group=safety-stop"),
                page);
        }

        Assert.That(await GetAsync(rig, "/subs?output=text&group=safety-stop", cancellationToken), Is.EqualTo("a\n"));
    }

    [Test]
    public async Task Paths_and_error_texts_are_shown_with_a_certificate_only(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken, sub =>
        {
            sub.Pages =
            [
                new PlanPage
                {
                    Summary = ScriptedSub.Plan(sub.State.RequiredManifest, 1),
                    Steps = [new PlanLine { Kind = PlanStepKind.Delete, Path = UnixPath.Parse("/etc/secret<>") }],
                },
            ];
            sub.OnUpdate = (me, direction) => me.Set(s => s with
            {
                LastUpdatePlan = direction.PlanId,
                LastUpdateErrorCode = "SwapIncomplete",
                LastUpdateError = "/etc/secret cannot be renamed",
                ServiceLogs = [new ServiceLog { Service = "sshd", Lines = ["cannot read <secret> key"] }],
                Disruption = DisruptionState.Denied,
                DisruptionReason = "secret words of a tool",
            });
            sub.Set(s => s with { Plan = ScriptedSub.Plan(s.RequiredManifest, 1) });
        });
        await rig.WhenAsync("a", MachineStatus.UpdateFailed, cancellationToken);
        foreach (var page in new[]
        {
            "/sub?host=a", "/sub?host=a&output=json", "/sub?host=a&output=csv&table=steps", "/subs", "/subs?output=json", "/subs?output=csv", "/", "/?output=json&table=images",
            "/images", "/locations?output=csv",
        })
        {
            Assert.That(await GetAsync(rig, page, cancellationToken), Does.Not.Contain("secret"), page);
        }

        var html = await GetAsync(rig, "/sub?host=a", cancellationToken, user: "alice");
        Assert.That(html, Does.Contain("/etc/secret&lt;&gt;").And.Contain("cannot be renamed").And.Contain("What sshd wrote").And.Contain("cannot read &lt;secret&gt; key").And.Contain("denied: secret words of a tool"));
        Assert.That(await GetAsync(rig, "/sub?host=<script>", cancellationToken), Does.Not.Contain("<script>"));
    }

    [Test]
    public void Of_what_a_machine_says_open_pages_show_only_texts_without_paths_and_without_output_of_programs()
    {
        var state = new PollResponse { Epoch = 1, Generation = 1, ContestedPaths = [new ContestedPath { Path = UnixPath.Parse("/secret/Contested"), Corrections = 1 }], KeptPaths = [UnixPath.Parse("/secret/Kept")] };
        foreach (var text in typeof(PollResponse).GetProperties().Where(static p => p.PropertyType == typeof(string) || p.PropertyType == typeof(IReadOnlyList<string>)))
        {
            text.SetValue(state, text.PropertyType == typeof(string) ? $"secret {text.Name}" : new[] { $"secret {text.Name}" });
        }

        var info = MasterPages.WithoutPaths(new SubInfo { Hostname = "a", Status = "synced", Detail = "secret Detail", State = state });
        var shown = JsonSerializer.Serialize(info, Dom.Core.Contracts.ContractsJson.Default.SubInfo).Split('"').Where(static t => t.Contains("secret", StringComparison.Ordinal)).Select(static t => t.Replace("secret ", "", StringComparison.Ordinal));
        Assert.That(shown, Is.EquivalentTo(new[] { "BootId", "Version", "AppliedImage", "LastUpdateErrorCode", "Shortage", "NotHeld", "NoticeFault", "OtherMaster" }), "a new text must be decided on");
    }

    [Test]
    public async Task Ten_thousand_machines_render_fast(CancellationToken cancellationToken)
    {
        await using var rig = new MasterRig();
        rig.Images.Add("web/1");
        var silent = new ScriptedSub();
        for (var i = 0; i < 10_000; i++)
        {
            rig.Add($"m{i}", silent);
        }

        rig.WriteList([.. Enumerable.Range(0, 10_000).Select(i => new Machine { Hostname = $"m{i}", RequiredImage = "web/1" })]);
        await rig.StartAsync(cancellationToken);
        Assert.That(await GetAsync(rig, "/subs?page=20", cancellationToken), Does.Contain("m9999").And.Contain("page 20 of 20"));
        foreach (var page in new[] { "/", "/subs", "/subs?output=json", "/subs?output=csv", "/images", "/locations" })
        {
            await GetAsync(rig, page, cancellationToken);
            var begun = Stopwatch.GetTimestamp();
            await GetAsync(rig, page, cancellationToken);
            Assert.That(Stopwatch.GetElapsedTime(begun).TotalSeconds, Is.LessThan(3), page);
        }
    }

    private static async Task<MasterRig> StartAsync(CancellationToken cancellationToken, Action<ScriptedSub>? then = null)
    {
        var rig = new MasterRig();
        var sub = rig.Add("a", ScriptedSub.Obedient(applied: rig.Images.Add("web/1")));
        rig.Add("b", new ScriptedSub());
        rig.WriteList(new Machine { Hostname = "a", RequiredImage = "web/1" }, new Machine { Hostname = "b" });
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync("a", MachineStatus.Synced, cancellationToken);
        await rig.WhenAsync("b", MachineStatus.ImageUndefined, cancellationToken);
        then?.Invoke(sub);
        return rig;
    }

    private static async Task<string> GetAsync(MasterRig rig, string address, CancellationToken cancellationToken, string? user = null)
    {
        var pages = new MasterPages(rig.Service, new MasterEndpoints(rig.Service, NullLogger.Instance)).Map();
        var question = address.IndexOf('?', StringComparison.Ordinal);
        var path = question < 0 ? address : address[..question];
        var query = question < 0 ? [] : address[(question + 1)..].Split('&').Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        var match = pages.Find(path) ?? throw new InvalidOperationException($"there is no page {path}");
        var result = await match.Page.Handler(new PageRequest { Path = path, Query = query, Caller = user is null ? null : new RpcCaller(user, [], []) }, cancellationToken);
        using var whole = new MemoryStream();
        var writer = PipeWriter.Create(whole, new StreamPipeWriterOptions(leaveOpen: true));
        await result.WriteToAsync(writer, cancellationToken);
        await writer.CompleteAsync();
        return Encoding.UTF8.GetString(whole.ToArray());
    }
}
