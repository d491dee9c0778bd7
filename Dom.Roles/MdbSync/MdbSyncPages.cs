using Dom.Core.Contracts.MdbServer;
using Dom.Core.Machines;
using Dom.Core.Rpc;
using Dom.Roles.Pages;

namespace Dom.Roles.MdbSync;

/// <summary>The status pages of mdb-sync: sources and what is wrong, the machines, one machine, pauses, variables.</summary>
internal sealed class MdbSyncPages(MdbSyncService service, MdbEndpoints endpoints, TimeProvider clock)
{
    private const int PageRows = 500;

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
        return Render(request, "Sources of machines", html =>
        {
            html.Figures(
            [
                new Figure(Amounts.Count(status.Machines), "machines", Tone.Quiet, "/machines"),
                new Figure(Amounts.Count(status.Sources.Count), "sources"),
                new Figure(Amounts.Count(status.Sources.Count(s => s.Error.Length > 0)), "sources with a fault", status.Sources.Any(s => s.Error.Length > 0) ? Tone.Bad : Tone.Good),
                new Figure(Amounts.Count(status.Pauses.Count), "paused", Tone.Quiet, "/paused"),
                new Figure(Amounts.Count(status.Watchers), "readers of the stream"),
            ]);
            SourceTable().Write(html, status.Sources, "There are no sources.");
            html.Heading("What is wrong");
            new PageTable<string>("Problems")
                .Column("State", static (cell, _) => cell.Badge(Tone.Bad, "problem"))
                .Text("What", p => request.User is null ? Hidden(p) : p)
                .Write(html, status.Problems, "Nothing is wrong.");
            html.Heading("List in force");
            html.Facts(Facts(status));
        });
    }

    /// <summary>Without a certificate no paths and no output of programs are shown.</summary>
    private static string Hidden(string problem) => problem.Split(':', 2) is [var what, _] && what.StartsWith("source ", StringComparison.Ordinal)
        ? "a source has a fault; the page says which one, and why to holders of a certificate"
        : "there is a fault; it is shown to holders of a certificate";

    private PageTable<MdbSourceStatus> SourceTable() => new PageTable<MdbSourceStatus>("Sources, the weakest first")
        .Text("Name", static s => s.Name)
        .Column("State", static (html, s) => html.Badge(s.Error.Length > 0 ? Tone.Bad : s.CheckedAt is null ? Tone.Busy : Tone.Good, s.Error.Length > 0 ? "fault" : s.CheckedAt is null ? "not read yet" : "good"))
        .Number("Machines", static s => Amounts.Count(s.Machines))
        .Text("Read", s => Amounts.Ago(clock.GetUtcNow() - s.CheckedAt))
        .Text("Changed", s => Amounts.Ago(clock.GetUtcNow() - s.ChangedAt))
        .Text("Fault since", static s => s.FailingSince is { } since ? Amounts.Moment(since) : "")
        .Number("Looks", static s => Amounts.Count(s.Reads))
        .Number("Failed", static s => Amounts.Count(s.Failures));

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
        _ = int.TryParse(request.Value("page"), out var page);
        page = Math.Clamp(page, 0, Math.Max(0, (chosen.Count - 1) / PageRows));
        return Render(request, $"Machines ({Amounts.Count(chosen.Count)})", html =>
        {
            using (html.Open("form", ("action", "/machines"), ("method", "get")))
            {
                html.Element("label", "Name, place or image begins with ", ("for", "search"));
                html.Void("input", ("id", "search"), ("name", "search"), ("value", search), ("type", "search"));
            }

            new PageTable<Machine>("Machines")
                .Column("Name", static (cell, m) => cell.Link(PageAddress.Of("/machines/", m.Hostname), m.Hostname))
                .Text("Location", static m => m.Location)
                .Text("Required image", static m => m.RequiredImage)
                .Text("Planned image", static m => m.PlannedImage)
                .Text("Updates", static m => m.DisableUpdates ? "disabled" : "")
                .Text("Source", static m => m.DataSourceIdentifier.Length > 0 ? m.DataSourceIdentifier : m.DataSourceType)
                .Write(html, chosen.Skip(page * PageRows).Take(PageRows), search.Length == 0 ? "There are no machines yet." : "No machine matches.");
            WritePager(html, request, page, chosen.Count);
        });
    }

    private static void WritePager(HtmlWriter html, PageRequest request, int page, int count)
    {
        using var line = html.Open("p");
        if (page > 0)
        {
            html.Link(PageAddress.Replacing(request, "page", $"{page - 1}"), "Previous").Text(" ");
        }

        if ((page + 1) * PageRows < count)
        {
            html.Link(PageAddress.Replacing(request, "page", $"{page + 1}"), "Next");
        }
    }

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

    private PageResult ShowPaused(PageRequest request) => Render(request, "Paused machines", html => new PageTable<MachinePause>("Paused machines")
        .Column("Machine", static (cell, p) => cell.Link(PageAddress.Of("/machines/", p.Hostname), p.Hostname))
        .Text("By", static p => p.User)
        .Text("Since", static p => Amounts.Moment(p.Since))
        .Text("Until", static p => Amounts.Moment(p.Until))
        .Text("How", static p => p.Remove ? "left out of the list" : "updates disabled")
        .Text("Why", static p => p.Reason)
        .Write(html, endpoints.GetStatus().Pauses, "No machine is paused."));

    private PageResult ShowVariables(PageRequest request) => Render(request, "Variables", html => new PageTable<KeyValuePair<string, string>>("Variables")
        .Text("Name", static v => v.Key)
        .Text("Value", static v => v.Value)
        .Write(html, service.Variables.Values.OrderBy(static v => v.Key, StringComparer.Ordinal), "There are no variables (VariablesFile= in [MdbSync])."));

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
