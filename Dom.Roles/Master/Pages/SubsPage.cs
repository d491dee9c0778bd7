using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The machines, chosen by any combination of group, status, name, place, tag, image and silence; as pages of a table or for programs.</summary>
internal sealed class SubsPage(MasterService master, PageLayout layout)
{
    /// <summary>Answers a request.</summary>
    public ValueTask<PageResult> Render(PageRequest request, CancellationToken cancellationToken)
    {
        MachineFilter filter;
        try
        {
            filter = MachineFilter.Of(master, request);
        }
        catch (RpcException wrong)
        {
            return ValueTask.FromResult(PageResult.Text(wrong.Message + "\n", 400));
        }

        var machines = filter.Choose();
        var tables = new PageTables(request).AddStream(
            "machines", Table(withDetails: request.User is not null), machines.Select(static m => m.Describe()), machines.Count, "No machine is chosen by this.");
        return ValueTask.FromResult(tables.Answer() ?? layout.Render(
            request,
            Title(request, filter.Group, machines.Count),
            html =>
            {
                WriteForm(html, request);
                WriteFilters(html, request);
                tables.Write(html, "machines");
            },
            MasterPages.Banner(master)));
    }

    /// <summary>What is chosen. The explanation of a status may hold paths.</summary>
    private PageTable<SubInfo> Table(bool withDetails)
    {
        var now = master.Clock.GetUtcNow();
        return new PageTable<SubInfo>("Machines in host name order")
            .Link("Name", static row => row.Hostname, static row => PageAddress.WithQuery("/sub", "host", row.Hostname), "hostname")
            .Column("Status", static (html, row) => WriteStatus(html, row), static row => CellValue.Of(row.Status))
            .Text("Required image", static row => row.RequiredImage)
            .Data("newer_image", static row => CellValue.Of(row.NewerImage))
            .Data("planned_image", static row => CellValue.Of(row.PlannedImage))
            .Text("Applied image", static row => row.State?.AppliedImage)
            .Count("Steps", static row => row.State?.Plan?.Steps)
            .Ago("Last answer", static row => row.LastAnswer, now)
            .Ago("In sync since", static row => row.Status == MachineStatus.Synced.Word() ? row.LastSync : null, now, never: "")
            .Data("last_sync", static row => CellValue.Of(row.LastSync))
            .Data("last_update", static row => CellValue.Of(row.LastUpdate))
            .Count("Corrections", static row => row.Corrections)
            .Data("updates_disabled", static row => CellValue.Of(row.UpdatesDisabled))
            .Data("paused_until", static row => CellValue.Of(row.Pause?.Until))
            .Text("Location", static row => row.Location)
            .Data("address", static row => CellValue.Of(row.Address))
            .Data("tags", static row => CellValue.Of(string.Join(',', row.Tags.OrderBy(static t => t.Key, StringComparer.Ordinal).Select(static t => $"{t.Key}={t.Value}"))))
            .Data("version", static row => CellValue.Of(row.State?.Version))
            .Data("detail", row => CellValue.Of(withDetails ? row.Detail : null));
    }

    private static void WriteStatus(HtmlWriter html, SubInfo row)
    {
        html.Badge(MachineStatuses.TryParse(row.Status, out var status) ? MasterPages.ToneOf(status) : Tone.Quiet, row.Status);
        if (row.UpdatesDisabled && status != MachineStatus.UpdatesDisabled)
        {
            html.Text(" ").Badge(Tone.Warning, "disabled");
        }

        if (row.Pause is not null)
        {
            html.Text(" ").Badge(Tone.Warning, "paused");
        }
    }

    private static string Title(PageRequest request, MachineGroup group, int count)
    {
        var machines = Amounts.Count(count, "machine", "machines");
        var which = request.Value("status") is { Length: > 0 } status ? status : group == MachineGroups.All[0] ? "" : group.Label;
        return which.Length == 0 ? machines : $"{machines}: {which}";
    }

    private static void WriteForm(HtmlWriter html, PageRequest request)
    {
        using var form = html.Open("form", ("action", "/subs"), ("method", "get"), ("role", "search"), ("aria-label", "Choose machines"));
        Choice(html, request, "Group", "group", MachineGroups.All.Skip(1).Select(static g => (g.Word, g.Label)).Prepend(("", "any")));
        Choice(html, request, "Status", "status", MachineStatuses.All.Select(static s => (s.Word(), s.Word())).Prepend(("", "any")));
        Field(html, request, "Name contains", "name");
        Field(html, request, "Location", "location");
        Field(html, request, "Tag (NAME=VALUE)", "tag");
        Field(html, request, "Required image", "required");
        Field(html, request, "Silent for", "silent");
        foreach (var name in new[] { "planned", "applied", "answered" })
        {
            if (request.Value(name) is { Length: > 0 } value)
            {
                html.Void("input", ("type", "hidden"), ("name", name), ("value", value));
            }
        }

        html.Element("button", "Show");
    }

    private static void Choice(HtmlWriter html, PageRequest request, string label, string name, IEnumerable<(string Value, string Text)> options)
    {
        using var around = html.Open("label");
        html.Element("span", label);
        using var select = html.Open("select", ("name", name));
        foreach (var (value, text) in options)
        {
            html.Element("option", text, ("value", value), ("selected", (request.Value(name) ?? "") == value ? "selected" : null));
        }
    }

    private static void Field(HtmlWriter html, PageRequest request, string label, string name)
    {
        using var around = html.Open("label");
        html.Element("span", label).Void("input", ("name", name), ("value", request.Value(name) ?? ""), ("size", "14"));
    }

    /// <summary>What is in force, each with a link that takes it away.</summary>
    private static void WriteFilters(HtmlWriter html, PageRequest request)
    {
        var inForce = MachineFilter.Fields.Where(f => request.Value(f.Name) is { Length: > 0 } value && (f.Name, value) != ("group", "all")).ToList();
        if (inForce.Count == 0)
        {
            return;
        }

        using var line = html.Open("p", ("class", "chips"));
        html.Text("Only ");
        foreach (var (name, label) in inForce)
        {
            var text = $"{label}: {request.Value(name)}";
            html.Element("a", text + " ×", ("class", "chip"), ("href", PageAddress.Replacing(request, [(name, null), ("page", null)])), ("aria-label", $"{text}, take this away")).Text(" ");
        }

        if (inForce.Count > 1)
        {
            html.Link("/subs", "all machines");
        }
    }
}
