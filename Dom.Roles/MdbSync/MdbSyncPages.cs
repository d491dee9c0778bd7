using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Roles.MdbSync;

/// <summary>The status pages of mdb-sync: sources and what is wrong, the machines, one machine, pauses, variables.</summary>
internal sealed class MdbSyncPages(MdbSyncService service, MdbEndpoints endpoints, TimeProvider clock)
{
    private readonly PageLayout _layout = new(
        "mdb-sync", Environment.MachineName, [new PageLink("/", "Sources"), new PageLink("/machines", "Machines"), new PageLink("/paused", "Paused"), new PageLink("/variables", "Variables")]);

    /// <summary>The pages.</summary>
    public PageMap Map()
    {
        var pages = new PageMap(_layout);
        pages.Add("/", PageAccess.Open, (request, _) => new(ShowSources(request)));
        pages.Add("/machines", PageAccess.Open, (request, _) => new(ShowMachines(request)));
        pages.Add("/machines/*", PageAccess.Open, (request, _) => new(ShowMachine(request)));
        pages.Add("/paused", PageAccess.Open, (request, _) => new(ShowPaused(request)));
        pages.Add("/variables", PageAccess.Certificate, (request, _) => new(ShowVariables(request)));
        return pages;
    }

    private PageResult ShowSources(PageRequest request)
    {
        var status = endpoints.GetStatus();
        var tables = new PageTables(request)
            .Add("sources", SourceTable(withFaults: request.User is not null), status.Sources, "There are no sources.")
            .Add(
                "problems",
                new PageTable<string>("Problems")
                    .Badge("State", static _ => (Tone.Bad, "problem"))
                    .Text("What", p => request.User is null ? Hidden(p) : p),
                status.Problems,
                "Nothing is wrong.");
        return tables.Answer() ?? Render(request, "Sources of machines", html =>
        {
            html.Figures(
            [
                new Figure(Amounts.Count(status.Machines), "machines", Tone.Quiet, "/machines"),
                new Figure(Amounts.Count(status.Sources.Count), "sources"),
                new Figure(Amounts.Count(status.Sources.Count(s => s.Error.Length > 0)), "sources with a fault", status.Sources.Any(s => s.Error.Length > 0) ? Tone.Bad : Tone.Good),
                new Figure(Amounts.Count(status.Pauses.Count), "paused", Tone.Quiet, "/paused"),
                new Figure(Amounts.Count(status.Watchers), "readers of the stream"),
            ]);
            tables.Write(html, "sources");
            html.Heading("What is wrong");
            tables.Write(html, "problems");
            html.Heading("List in force");
            html.Facts(Facts(status));
        });
    }

    /// <summary>Without a certificate no paths and no output of programs are shown.</summary>
    private static string Hidden(string problem) => problem.Split(':', 2) is [var what, _] && what.StartsWith("source ", StringComparison.Ordinal)
        ? "a source has a fault; the page says which one, and why to holders of a certificate"
        : "there is a fault; it is shown to holders of a certificate";

    private PageTable<MdbSourceStatus> SourceTable(bool withFaults) => new PageTable<MdbSourceStatus>("Sources, the weakest first")
        .Text("Name", static s => s.Name)
        .Badge("State", static s => s.Error.Length > 0 ? (Tone.Bad, "fault") : s.CheckedAt is null ? (Tone.Busy, "not read yet") : (Tone.Good, "good"))
        .Count("Machines", static s => s.Machines)
        .Ago("Read", static s => s.CheckedAt, clock.GetUtcNow())
        .Ago("Changed", static s => s.ChangedAt, clock.GetUtcNow())
        .Moment("Fault since", static s => s.FailingSince)
        .Count("Looks", static s => s.Reads)
        .Count("Failed", static s => s.Failures)
        .Data("driver", static s => CellValue.Of(s.Driver))
        .Data("error", s => CellValue.Of(withFaults ? s.Error : null));

    private IEnumerable<(string Name, string Value)> Facts(MdbStatus status)
    {
        yield return ("Generation", Amounts.Count(status.Generation));
        yield return ("Published", status.PublishedAt is { } at ? $"{Amounts.Moment(at)} ({Amounts.Ago(clock.GetUtcNow() - at)})" : "never");
        foreach (var refused in status.Refused)
        {
            yield return ("Refused", $"{Named(refused)}: {refused.Lost} of {refused.Of} machines are missing, such as {string.Join(", ", refused.Examples)}");
        }
    }

    private PageResult ShowMachines(PageRequest request)
    {
        var search = request.Value("search") ?? "";
        var all = service.Publisher.Feed.Current?.List.Machines ?? [];
        var chosen = all.Where(m => Matches(m, search)).ToList();
        var tables = new PageTables(request).Add("machines", MachineTable(), chosen, search.Length == 0 ? "There are no machines yet." : "No machine matches.");
        return tables.Answer() ?? Render(request, $"Machines ({Amounts.Count(chosen.Count)})", html =>
        {
            using (html.Open("form", ("action", "/machines"), ("method", "get"), ("role", "search"), ("aria-label", "Choose machines")))
            {
                using (html.Open("label"))
                {
                    html.Element("span", "Name, place or image begins with").Void("input", ("name", "search"), ("value", search), ("type", "search"));
                }

                html.Element("button", "Show");
            }

            tables.Write(html, "machines");
        });
    }

    private static PageTable<Machine> MachineTable() => new PageTable<Machine>("Machines")
        .Link("Name", static m => m.Hostname, static m => PageAddress.Of("/machines/", m.Hostname), "hostname")
        .Text("Location", static m => m.Location)
        .Text("Required image", static m => m.RequiredImage)
        .Text("Planned image", static m => m.PlannedImage)
        .Flag("Updates", static m => m.DisableUpdates, "disabled", "disable_updates")
        .Text("Source", static m => m.DataSourceIdentifier.Length > 0 ? m.DataSourceIdentifier : m.DataSourceType);

    private static bool Matches(Machine machine, string search) => search.Length == 0
        || machine.Hostname.StartsWith(search, StringComparison.Ordinal)
        || machine.Location.StartsWith(search, StringComparison.Ordinal)
        || machine.RequiredImage.StartsWith(search, StringComparison.Ordinal)
        || machine.PlannedImage.StartsWith(search, StringComparison.Ordinal);

    private PageResult ShowMachine(PageRequest request)
    {
        MdbMachine found;
        try
        {
            found = endpoints.GetMachine(request.Rest);
        }
        catch (RpcException fault)
        {
            return PageResult.NotFound(fault.Message);
        }

        return Render(request, found.Hostname, html =>
        {
            if (found.Note.Length > 0)
            {
                html.Element("p", found.Note);
            }

            html.Facts(found.Machine is { } machine ? MachineFacts.Of(machine) : []);
            foreach (var source in found.Sources)
            {
                html.Heading($"As {source.Source} says");
                html.Facts(MachineFacts.Of(source.Machine));
            }
        });
    }

    private PageResult ShowPaused(PageRequest request)
    {
        var table = new PageTable<MachinePause>("Paused machines")
            .Link("Machine", static p => p.Hostname, static p => PageAddress.Of("/machines/", p.Hostname), "hostname")
            .Text("By", static p => p.User, "user")
            .Moment("Since", static p => p.Since)
            .Moment("Until", static p => p.Until)
            .Text("How", static p => p.Remove ? "left out of the list" : "updates disabled")
            .Text("Why", static p => p.Reason, "reason");
        var tables = new PageTables(request).Add("paused", table, endpoints.GetStatus().Pauses, "No machine is paused.");
        return tables.Answer() ?? Render(request, "Paused machines", html => tables.Write(html, "paused"));
    }

    private PageResult ShowVariables(PageRequest request)
    {
        var table = new PageTable<KeyValuePair<string, string>>("Variables").Text("Name", static v => v.Key).Text("Value", static v => v.Value);
        var variables = service.Variables.Values.OrderBy(static v => v.Key, StringComparer.Ordinal).ToList();
        var tables = new PageTables(request).Add("variables", table, variables, "There are no variables (VariablesFile= in [MdbSync]).");
        return tables.Answer() ?? Render(request, "Variables", html => tables.Write(html, "variables"));
    }

    private PageResult Render(PageRequest request, string title, Action<HtmlWriter> body)
    {
        var refused = service.Refused();
        var banner = refused.Count == 0
            ? null
            : $"Machines vanished from {string.Join(", ", refused.Select(Named))}, and that is not believed: look at the sources, then accept it with `dom mdb accept-shrink` if it is meant.";
        return _layout.Render(request, title, body, banner);
    }

    private static string Named(RefusedShrink shrink) => shrink.Source.Length == 0 ? "the merged list" : shrink.Source;
}
