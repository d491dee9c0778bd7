using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Linux;
using Dom.Core.Machines;
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
            });
            sub.Set(s => s with { Plan = ScriptedSub.Plan(s.RequiredManifest, 1) });
        });
        await rig.WhenAsync("a", MachineStatus.UpdateFailed, cancellationToken);
        foreach (var page in new[] { "/sub?host=a", "/sub?host=a&output=json", "/subs", "/subs?output=json", "/" })
        {
            Assert.That(await GetAsync(rig, page, cancellationToken), Does.Not.Contain("secret"), page);
        }

        var html = await GetAsync(rig, "/sub?host=a", cancellationToken, user: "alice");
        Assert.That(html, Does.Contain("/etc/secret&lt;&gt;").And.Contain("cannot be renamed"));
        Assert.That(await GetAsync(rig, "/sub?host=<script>", cancellationToken), Does.Not.Contain("<script>"));
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
        foreach (var page in new[] { "/", "/subs", "/subs?output=json", "/subs?output=csv" })
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
        var result = await match.Page.Handler(new PageRequest { Path = path, Query = query, User = user }, cancellationToken);
        return Encoding.UTF8.GetString(result.Body.Span);
    }
}
