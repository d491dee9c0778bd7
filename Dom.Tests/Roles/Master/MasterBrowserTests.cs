using System.Net;
using System.Net.Sockets;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Hosting;
using Dom.Roles.Master;
using Dom.Roles.Master.Pages;
using Dom.Roles.Master.Policy;
using Dom.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace Dom.Tests.Roles.Master;

/// <summary>The pages of a master with 10,000 machines in a real browser: what is shown, by keyboard alone, in light and dark, on a phone.</summary>
[CancelAfter(300_000)]
public sealed class MasterBrowserTests
{
    private const int Machines = 10_000;
    private const int Away = 40;

    [Test]
    public async Task Ten_thousand_machines_are_shown_by_a_browser(CancellationToken cancellationToken)
    {
        await using var rig = await StartAsync(cancellationToken);
        using var directory = new TempDirectory();
        using var pki = new TestPki(directory.Combine("pki"));
        await using var host = new RoleHost(new RoleHostOptions
        {
            Role = "master",
            Listen = new IPEndPoint(IPAddress.Loopback, 0),
            Credentials = pki.Server("master"),
            Router = new RpcRouter(),
            Pages = new MasterPages(rig.Service, new MasterEndpoints(rig.Service, NullLogger.Instance)).Map(),
        });
        await host.StartAsync(cancellationToken);
        var site = $"http://127.0.0.1:{host.Address.Port}";
        await using var browser = await Chromium.StartAsync(cancellationToken);
        await browser.LookAsync(1280, 1000, "light", cancellationToken);
        await LooksAtTheFrontPageAsync(browser, site, cancellationToken);
        await LooksAtTheListAsync(browser, site, cancellationToken);
        await GoesByKeyboardAsync(browser, site, cancellationToken);
        await using var client = rig.Client("alice");
        await client.CallAsync(DominatorMethods.DisableUpdates, new ReasonRequest { Reason = "the power goes off at noon" }, cancellationToken);
        await SeesItInEveryLightAsync(browser, site, cancellationToken);
    }

    private static async Task LooksAtTheFrontPageAsync(Chromium browser, string site, CancellationToken cancellationToken)
    {
        await browser.GoAsync(site + "/", cancellationToken);
        var figures = await browser.EvaluateAsync("[...document.querySelectorAll('a.figure')].map(f => f.innerText.replace('\\n', ' ') + ' ' + f.getAttribute('href')).join('|')", cancellationToken);
        Assert.That((string?)figures, Does.Contain("10,000 machines /subs|").And.Contain("40 unreachable /subs?group=unreachable").And.Contain("9,960 in sync /subs?group=compliant"));
        Assert.That((int?)await browser.EvaluateAsync("document.scripts.length", cancellationToken), Is.Zero);
        await browser.EvaluateAsync("document.querySelector('a.figure[href$=unreachable]').focus()", cancellationToken);
        await browser.DuringLoadAsync(() => browser.PressAsync("Enter", cancellationToken), cancellationToken);
        Assert.That((int?)await browser.EvaluateAsync("document.querySelectorAll('tbody tr').length", cancellationToken), Is.EqualTo(Away));
        Assert.That((string?)await browser.EvaluateAsync("document.querySelector('.chip').innerText", cancellationToken), Is.EqualTo("group: unreachable ×"));
    }

    private static async Task LooksAtTheListAsync(Chromium browser, string site, CancellationToken cancellationToken)
    {
        await browser.GoAsync(site + "/subs?page=20", cancellationToken);
        Assert.That((string?)await browser.EvaluateAsync("document.querySelector('tbody tr:last-child td').innerText", cancellationToken), Is.EqualTo("m9999"));
        await browser.GoAsync(site + "/subs", cancellationToken);
        Assert.That((string?)await browser.EvaluateAsync("document.querySelector('h1').innerText", cancellationToken), Is.EqualTo("10,000 machines"));
        Assert.That((int?)await browser.EvaluateAsync("document.querySelectorAll('tbody tr').length", cancellationToken), Is.EqualTo(500));
        Assert.That((bool?)await browser.EvaluateAsync("[...document.querySelectorAll('th')].every(h => h.scope === 'col') && !!document.querySelector('caption')", cancellationToken), Is.True);
        Assert.That((bool?)await browser.EvaluateAsync("[...document.querySelectorAll('input, select')].every(i => i.labels.length === 1)", cancellationToken), Is.True);
        await browser.EvaluateAsync("document.querySelector('a[rel=next]').focus()", cancellationToken);
        await browser.DuringLoadAsync(() => browser.PressAsync("Enter", cancellationToken), cancellationToken);
        Assert.That((string?)await browser.EvaluateAsync("document.querySelector('.pager span').innerText", cancellationToken), Is.EqualTo("page 2 of 20, 10,000 rows"));

        await browser.GoAsync(site + "/subs?location=site1&name=m99&status=synced", cancellationToken);
        var names = (string?)await browser.EvaluateAsync("[...document.querySelectorAll('tbody tr td:first-child')].map(c => c.innerText).join(' ')", cancellationToken);
        Assert.That(names, Is.EqualTo(string.Join(' ', Enumerable.Range(Away, Machines - Away).Where(static i => i % 4 == 1).Select(static i => $"m{i}").Where(static n => n.StartsWith("m99", StringComparison.Ordinal)))));
        Assert.That((int?)await browser.EvaluateAsync("document.querySelectorAll('.chip').length", cancellationToken), Is.EqualTo(3));
        await browser.DuringLoadAsync(
            () => browser.EvaluateAsync("[...document.querySelectorAll('.chip')].find(c => c.innerText.startsWith('name')).click()", cancellationToken), cancellationToken);
        Assert.That((string?)await browser.EvaluateAsync("location.search", cancellationToken), Is.EqualTo("?location=site1&status=synced"));
    }

    /// <summary>The skip link comes first and leads past the menu; what has the focus is seen; nothing changes the order of the document; a filter is typed and sent.</summary>
    private static async Task GoesByKeyboardAsync(Chromium browser, string site, CancellationToken cancellationToken)
    {
        await browser.GoAsync(site + "/subs", cancellationToken);
        await browser.PressAsync("Tab", cancellationToken);
        Assert.That((string?)await browser.EvaluateAsync("document.activeElement.innerText", cancellationToken), Is.EqualTo("Skip to content"));
        Assert.That((bool?)await browser.EvaluateAsync("document.activeElement.getBoundingClientRect().left >= 0", cancellationToken), Is.True);
        await browser.PressAsync("Enter", cancellationToken);
        await browser.PressAsync("Tab", cancellationToken);
        Assert.That((string?)await browser.EvaluateAsync("document.activeElement.name", cancellationToken), Is.EqualTo("group"), "the first field of the form follows the skip link");
        Assert.That((double?)await browser.EvaluateAsync("parseFloat(getComputedStyle(document.activeElement).outlineWidth)", cancellationToken), Is.GreaterThanOrEqualTo(2));
        Assert.That((int?)await browser.EvaluateAsync("document.querySelectorAll('[tabindex]:not([tabindex=\"0\"]):not([tabindex=\"-1\"])').length", cancellationToken), Is.Zero);
        await browser.EvaluateAsync("document.querySelector('input[name=name]').value = 'm12'", cancellationToken);
        await browser.EvaluateAsync("document.querySelector('input[name=name]').focus()", cancellationToken);
        await browser.DuringLoadAsync(() => browser.PressAsync("Enter", cancellationToken), cancellationToken);
        Assert.That((string?)await browser.EvaluateAsync("document.querySelector('tbody td').innerText", cancellationToken), Is.EqualTo("m12"));
    }

    private static async Task SeesItInEveryLightAsync(Chromium browser, string site, CancellationToken cancellationToken)
    {
        foreach (var (page, name) in new[]
        {
            ("/", "fleet"), ("/subs", "subs"), ("/subs?group=unreachable&location=site1", "filtered"), ("/images", "images"), ("/locations", "locations"), ("/sub?host=m50", "sub"),
        })
        {
            await PageLook.CheckAsync(browser, site + page, "master-" + name, cancellationToken, async where =>
            {
                Assert.That((string?)await browser.EvaluateAsync("document.querySelector('.stop').innerText", cancellationToken), Does.Contain("STOP").And.Contain("the power goes off at noon"), where);
                var banner = (string?)await browser.EvaluateAsync("getComputedStyle(document.querySelector('.stop')).backgroundColor", cancellationToken);
                Assert.That(banner, Does.Match("^rgb\\((17|18|19)\\d, [1-4]?\\d, [1-4]?\\d\\)$"), where);
            });
        }
    }

    /// <summary>A fleet in sync at four places, some machines of which are away.</summary>
    private static async Task<MasterRig> StartAsync(CancellationToken cancellationToken)
    {
        var rig = new MasterRig();
        var fine = ScriptedSub.Obedient(applied: rig.Images.Add("web/1"));
        fine.Set(static s => s with { AppliedImage = "web/1", Version = "1.0.0" });
        for (var i = 0; i < Machines; i++)
        {
            rig.Add($"m{i}", fine);
            if (i < Away)
            {
                rig.Channels[$"m{i}"] = new BrokenChannel(
                    static () => new RpcException(
                        RpcStatus.Unavailable, "nobody listens", RpcErrorCode.Unreachable, retryable: true, new SocketException((int)SocketError.ConnectionRefused)),
                    rig.Clock);
            }
        }

        rig.WriteList([.. Enumerable.Range(0, Machines).Select(static i => new Machine { Hostname = $"m{i}", RequiredImage = "web/1", Location = $"site{i % 4}/rack{i % 200}" })]);
        await rig.StartAsync(cancellationToken);
        await rig.WhenAsync(
            () => rig.Fleet.Count() is var counts && counts[MachineStatus.Synced] == Machines - Away && counts[MachineStatus.ConnectionRefused] == Away,
            () => string.Join(", ", rig.Fleet.Count().Where(static c => c.Value > 0)),
            cancellationToken);
        return rig;
    }
}
