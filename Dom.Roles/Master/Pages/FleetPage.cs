using System.Globalization;
using System.Text.Json;
using Dom.Core.Contracts;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Hosting;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The fleet on one page: how many machines are in which state, what is stopped, what rolls.</summary>
internal sealed class FleetPage(MasterService master, MasterEndpoints endpoints, PageLayout layout)
{
    /// <summary>Answers a request.</summary>
    public ValueTask<PageResult> Render(PageRequest request, CancellationToken cancellationToken)
    {
        var status = endpoints.Status(new SubQuery());
        return ValueTask.FromResult(request.Value("output") switch
        {
            null or "html" => layout.Render(request, "Fleet", html => Write(html, status), MasterPages.Banner(master)),
            "json" => PageResult.Json(JsonSerializer.SerializeToUtf8Bytes(status, ContractsJson.Default.MasterStatus)),
            var other => PageResult.Text($"there is no output '{other}' of this page: html or json\n", 400),
        });
    }

    private void Write(HtmlWriter html, MasterStatus status)
    {
        if (status.MachineListError.Length > 0)
        {
            using (html.Open("p"))
            {
                html.Badge(Tone.Bad, "machine list").Text(" ").Text(status.MachineListError);
            }
        }

        foreach (var (other, machines) in status.Holders)
        {
            using (html.Open("p"))
            {
                html.Badge(Tone.Bad, "another master").Text($" {other} holds {Amounts.Count(machines, "machine", "machines")} of this master's list: this one leaves them alone until that one stops.");
            }
        }

        foreach (var (other, machines) in status.OtherMasters)
        {
            using (html.Open("p"))
            {
                html.Badge(Tone.Warning, "two masters").Text($" {other} polls {Amounts.Count(machines, "machine", "machines")} of this master too, and is refused while this one holds them.");
            }
        }

        var counts = master.Fleet.Count();
        html.Figures(
        [
            new Figure(Amounts.Count(status.Machines), "machines", Tone.Quiet, "/subs"),
            new Figure(Amounts.Count(status.Compliant), "in sync", Tone.Good, Address(MachineStatus.Synced.Word())),
            new Figure(Amounts.Count(status.Deviant), "differ", status.Deviant > 0 ? Tone.Warning : Tone.Quiet, "/subs?group=deviant"),
            Sum("unreachable", "unreachable", counts, s => s.IsUnreachable()),
            Sum("need a person", "person", counts, s => s.NeedsPerson()),
        ]);
        WriteStatuses(html, counts, status.Machines);
        WriteHalts(html);
        WriteBrake(html);
        WriteImages(html);
        WriteServers(html);
        html.Heading("This master");
        html.Facts(
        [
            ("Updates", status.Updates.Disabled ? "stopped" : "enabled"),
            ("Last switched", status.Updates.User.Length == 0 ? "never" : $"{Amounts.Moment(status.Updates.Since)} by {status.Updates.User}: {status.Updates.Reason}"),
            ("Started", $"{Amounts.Moment(status.StartTime)}, {Amounts.Ago(master.Clock.GetUtcNow() - status.StartTime)}"),
            ("Version", BuildVersion.Text),
        ]);
    }

    private static Figure Sum(string label, string group, IReadOnlyDictionary<MachineStatus, int> counts, Func<MachineStatus, bool> belongs)
    {
        var count = counts.Where(c => belongs(c.Key)).Sum(c => c.Value);
        return new Figure(Amounts.Count(count), label, count > 0 ? Tone.Bad : Tone.Quiet, $"/subs?group={group}");
    }

    private static string Address(string word) => PageAddress.WithQuery("/subs", "status", word);

    private static void WriteStatuses(HtmlWriter html, IReadOnlyDictionary<MachineStatus, int> counts, int machines)
    {
        html.Heading("Statuses", "statuses");
        new PageTable<KeyValuePair<MachineStatus, int>>("Machines by status")
            .Column("Status", (cell, row) => cell.Badge(MasterPages.ToneOf(row.Key), row.Key.Word()))
            .Column("Machines", (cell, row) => cell.Link(Address(row.Key.Word()), Amounts.Count(row.Value)))
            .Column("Share", (cell, row) => cell.Bar(
                row.Value, machines, string.Create(CultureInfo.InvariantCulture, $"{100.0 * row.Value / Math.Max(machines, 1):0.0} %")))
            .Write(html, counts.Where(c => c.Value > 0).OrderByDescending(c => c.Value), "The machine list is empty.");
    }

    private void WriteHalts(HtmlWriter html)
    {
        var halts = master.Brake.Halts();
        if (halts.Count == 0)
        {
            return;
        }

        html.Heading("Halted images", "halted");
        new PageTable<State.HaltRecord>("Images that stopped rolling after failures")
            .Column("Image", (cell, row) => cell.Badge(Tone.Bad, "halted").Text(" ").Text(row.Image))
            .Text("Since", row => Amounts.Moment(row.Time))
            .Text("To let it go on", row => $"dom ctl clear-halt {row.Image} --reason …")
            .Write(html, halts, "");
    }

    private void WriteBrake(HtmlWriter html)
    {
        html.Heading("Roll-out", "rollout");
        new PageTable<BrakeUse>("Machines that are brought to another image, by image directory")
            .Text("Image directory", row => row.Directory.Length == 0 ? "(none)" : row.Directory)
            .Number("Machines", row => Amounts.Count(row.Machines))
            .Number("Updating", row => Amounts.Count(row.Updating))
            .Number("At most", row => Amounts.Count(row.Limit))
            .Number("Waiting", row => Amounts.Count(row.Waiting))
            .Text("", row => row.IsOpen ? "" : "waits for machines to answer after the start")
            .Write(html, master.Brake.Use(), "No machine requires an image.");
    }

    private void WriteImages(HtmlWriter html)
    {
        var users = master.Fleet.Machines.GroupBy(m => m.Entry.RequiredImage, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        html.Heading("Images", "images");
        new PageTable<(string Name, Images.ResolvedImage? Image, string Error)>("Images that machines require or will require")
            .Text("Image", row => row.Name)
            .Column("State", (cell, row) => cell.Badge(row.Image is null ? Tone.Warning : Tone.Good, row.Image is null ? "not ready" : "ready"))
            .Number("Machines", row => Amounts.Count(users.GetValueOrDefault(row.Name)))
            .Text("Manifest", row => row.Image?.Manifest.ToShortString())
            .Text("Expires", row => row.Image?.ExpiresOn is { } expiry ? Amounts.Moment(expiry) : "")
            .Text("", row => row.Error)
            .Write(html, master.Images.Report().OrderBy(i => i.Name, Core.Machines.HostNameOrder.Instance), "No machine requires an image.");
    }

    private void WriteServers(HtmlWriter html)
    {
        var use = master.Admission.Use();
        html.Heading("Image servers", "servers");
        new PageTable<(string Address, string Error)>("Image servers in the order they are tried")
            .Text("Server", row => row.Address)
            .Column("State", (cell, row) => cell.Badge(row.Error.Length == 0 ? Tone.Good : Tone.Bad, row.Error.Length == 0 ? "up" : "down"))
            .Number("Machines reading", row => Amounts.Count(use.GetValueOrDefault(row.Address).Reading))
            .Number("Waiting", row => Amounts.Count(use.GetValueOrDefault(row.Address).Waiting))
            .Text("", row => row.Error)
            .Write(html, master.Servers.Report, "");
    }
}
