using System.Text.Json;
using Dom.Core.Contracts;
using Dom.Core.Contracts.Dominator;
using Dom.Roles.Hosting;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The fleet on one page: how many machines are in which state, what is stopped, what rolls.</summary>
internal sealed class FleetPage(MasterService master, MasterEndpoints endpoints, PageLayout layout)
{
    private const int ShownImages = 50;

    private static readonly string[] Silences = ["10m", "1h", "1d", "7d", "30d"];

    /// <summary>Answers a request.</summary>
    public ValueTask<PageResult> Render(PageRequest request, CancellationToken cancellationToken)
    {
        var status = endpoints.Status(new SubQuery());
        if (request.Value("output") == "json" && string.IsNullOrEmpty(request.Value("table")))
        {
            return ValueTask.FromResult(PageResult.Json(JsonSerializer.SerializeToUtf8Bytes(status, ContractsJson.Default.MasterStatus)));
        }

        var tables = Tables(request, status.Machines);
        return ValueTask.FromResult(tables.Answer() ?? layout.Render(request, "Fleet", html => Write(html, status, tables), MasterPages.Banner(master)));
    }

    private PageTables Tables(PageRequest request, int machines)
    {
        var counts = master.Fleet.Count();
        var use = master.Admission.Use();
        return new PageTables(request)
            .Add("statuses", StatusTable(machines), [.. counts.Where(static c => c.Value > 0).OrderByDescending(static c => c.Value)], "The machine list is empty.")
            .Add("silent", SilenceTable(counts.Where(static c => c.Key.IsUnreachable()).Sum(static c => c.Value)), Silent(), "")
            .Add("halts", HaltTable(), master.Brake.Halts(), "")
            .Add("rollout", RolloutTable(), master.Brake.Use(), "No machine requires an image.", ShownImages)
            .Add("images", BreakdownPages.ImageTable(), [.. FleetBreakdown.Images(master).Where(static i => i.IsNeeded)], "No machine requires an image.", ShownImages)
            .Add("servers", ServerTable(use), master.Servers.Report, "");
    }

    private void Write(HtmlWriter html, MasterStatus status, PageTables tables)
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

        html.Figures(Figures());
        html.Heading("Statuses", "statuses");
        tables.Write(html, "statuses");
        if (master.Fleet.Machines.Any(static m => m.Status.IsUnreachable()))
        {
            html.Heading("Unreachable machines", "silent");
            tables.Write(html, "silent");
        }

        if (master.Brake.Halts().Count > 0)
        {
            html.Heading("Halted images", "halted");
            tables.Write(html, "halts");
        }

        html.Heading("Roll-out", "rollout");
        tables.Write(html, "rollout");
        html.Heading("Images", "images");
        tables.Write(html, "images");
        html.Heading("Image servers", "servers");
        tables.Write(html, "servers");
        html.Heading("This master");
        html.Facts(
        [
            ("Updates", status.Updates.Disabled ? "stopped" : "enabled"),
            ("Last switched", status.Updates.User.Length == 0 ? "never" : $"{Amounts.Moment(status.Updates.Since)} by {status.Updates.User}: {status.Updates.Reason}"),
            ("Started", $"{Amounts.Moment(status.StartTime)}, {Amounts.Ago(master.Clock.GetUtcNow() - status.StartTime)}"),
            ("Version", BuildVersion.Text),
        ]);
    }

    /// <summary>How many machines are in each group; groups that nobody misses are left out while they are empty.</summary>
    private IEnumerable<Figure> Figures()
    {
        foreach (var group in MachineGroups.All)
        {
            var count = master.Fleet.Machines.Count(m => group.Has(master, m));
            if (count > 0 || group.Word is "all" or "alive" or "compliant" or "deviant" or "unreachable" or "person")
            {
                yield return new Figure(Amounts.Count(count), group.Label, count > 0 ? group.Tone : Tone.Quiet, MachineGroups.Address(group.Word));
            }
        }
    }

    /// <summary>Unreachable machines by how long they have been silent; each line holds those of the lines below it.</summary>
    private List<(string Silence, int Machines)> Silent()
    {
        var now = master.Clock.GetUtcNow();
        var unreachable = master.Fleet.Machines.Where(static m => m.Status.IsUnreachable()).Select(static m => m.LastAnswer).ToList();
        return
        [
            .. Silences.Select(s => (s, unreachable.Count(last => last is not { } known || now - known >= DurationText.Parse(s)))),
            (MachineFilter.Never, unreachable.Count(static last => last is null)),
        ];
    }

    private static PageTable<(string Silence, int Machines)> SilenceTable(int unreachable) => new PageTable<(string Silence, int Machines)>("Unreachable machines by time since their last answer to this master")
        .Text("Silent for at least", static row => row.Silence == MachineFilter.Never ? "never answered" : row.Silence)
        .Count("Machines", static row => row.Machines, "machines", static row => PageAddress.WithQuery("/subs", ("group", "unreachable"), ("silent", row.Silence)))
        .Column("Share", (html, row) => html.Share(row.Machines, unreachable));

    private static PageTable<KeyValuePair<MachineStatus, int>> StatusTable(int machines) => new PageTable<KeyValuePair<MachineStatus, int>>("Machines by status")
        .Badge("Status", static row => (MasterPages.ToneOf(row.Key), row.Key.Word()))
        .Count("Machines", static row => row.Value, "machines", static row => PageAddress.WithQuery("/subs", "status", row.Key.Word()))
        .Column("Share", (cell, row) => cell.Share(row.Value, machines));

    private static PageTable<State.HaltRecord> HaltTable() => new PageTable<State.HaltRecord>("Images that stopped rolling after failures")
        .Text("Image", static row => row.Image)
        .Badge("State", static _ => (Tone.Bad, "halted"))
        .Moment("Since", static row => row.Time)
        .Column("To let it go on", static (cell, row) => cell.Element("code", $"dom ctl clear-halt {row.Image} --reason …"));

    private static PageTable<BrakeUse> RolloutTable() => new PageTable<BrakeUse>("Machines that are brought to another image, by image directory")
        .Text("Image directory", static row => row.Directory.Length == 0 ? "(none)" : row.Directory)
        .Count("Machines", static row => row.Machines)
        .Count("Updating", static row => row.Updating)
        .Count("At most", static row => row.Limit)
        .Count("Waiting", static row => row.Waiting)
        .Text("Note", static row => row.IsOpen ? "" : "waits for machines to answer after the start");

    private static PageTable<(string Address, string Error)> ServerTable(IReadOnlyDictionary<string, (int Reading, int Waiting)> use) =>
        new PageTable<(string Address, string Error)>("Image servers in the order they are tried")
            .Text("Server", static row => row.Address)
            .Badge("State", static row => row.Error.Length == 0 ? (Tone.Good, "up") : (Tone.Bad, "down"))
            .Count("Machines reading", row => use.GetValueOrDefault(row.Address).Reading, "reading")
            .Count("Waiting", row => use.GetValueOrDefault(row.Address).Waiting)
            .Text("Error", static row => row.Error);
}
