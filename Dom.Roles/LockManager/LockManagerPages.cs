using Dom.Core.Contracts.LockManager;
using Dom.Roles.Pages;

namespace Dom.Roles.LockManager;

/// <summary>The status pages of the lock-manager: the groups with holders and queue, one group, what happened.</summary>
internal sealed class LockManagerPages(LockManagerService service, LockEndpoints endpoints, TimeProvider clock)
{
    private const int LastEvents = 20;

    private readonly PageLayout _layout = new("lock-manager", Environment.MachineName, [new PageLink("/", "Groups"), new PageLink("/events", "Events")]);

    /// <summary>The pages.</summary>
    public PageMap Map()
    {
        var pages = new PageMap(_layout);
        pages.Add("/", PageAccess.Open, (request, _) => new(ShowGroups(request)));
        pages.Add("/groups/*", PageAccess.Open, (request, _) => new(ShowGroup(request)));
        pages.Add("/events", PageAccess.Open, (request, _) => new(ShowEvents(request)));
        return pages;
    }

    private PageResult ShowGroups(PageRequest request)
    {
        var status = endpoints.GetStatus();
        var tables = new PageTables(request)
            .Add("groups", GroupTable(), status.Groups, "There are no groups.")
            .Add("holders", HolderTable(), [.. status.Groups.SelectMany(static g => g.Holders.Select(h => (g.Group, h)))], "Nobody holds a slot.")
            .Add("waiting", WaiterTable(), [.. status.Groups.SelectMany(static g => g.Waiting.Select(w => (g.Group, w)))], "Nobody waits.")
            .Add("events", EventTable(), Events(new LockLogRequest { Limit = LastEvents }), "Nothing has happened yet.");
        return tables.Answer() ?? Render(request, "Locks", html =>
        {
            html.Figures(
            [
                new Figure(Amounts.Count(status.Groups.Count), "groups"),
                new Figure(Amounts.Count(status.Groups.Sum(static g => g.Holders.Count)), "hold a slot"),
                new Figure(Amounts.Count(status.Groups.Sum(static g => g.Waiting.Count)), "wait"),
                new Figure(Amounts.Count(status.Groups.Sum(static g => g.Holders.Count(static h => h.Overdue))), "overdue", status.Groups.Any(static g => g.Holders.Any(static h => h.Overdue)) ? Tone.Warning : Tone.Good),
            ]);
            Write(html, tables, ("Groups", "groups"), ("Holders", "holders"), ("Queue", "waiting"), ("Last events", "events"));
            html.Facts([("Store", status.Store)]);
        });
    }

    private PageResult ShowGroup(PageRequest request)
    {
        if (service.FindOrNull(request.Rest) is not { } group)
        {
            return PageResult.NotFound($"there is no group '{request.Rest}'");
        }

        var status = group.Describe();
        var tables = new PageTables(request)
            .Add("holders", HolderTable(), [.. status.Holders.Select(h => (status.Group, h))], "Nobody holds a slot.")
            .Add("waiting", WaiterTable(), [.. status.Waiting.Select(w => (status.Group, w))], "Nobody waits.")
            .Add("events", EventTable(), Events(new LockLogRequest { Group = status.Group }), "Nothing has happened yet.");
        return tables.Answer() ?? Render(request, $"Group {status.Group}", html =>
        {
            html.Facts(Facts(status));
            Write(html, tables, ("Holders", "holders"), ("Queue", "waiting"), ("Events", "events"));
        });
    }

    private PageResult ShowEvents(PageRequest request)
    {
        var tables = new PageTables(request).Add("events", EventTable(), Events(new LockLogRequest()), "Nothing has happened yet.");
        return tables.Answer() ?? Render(request, "Events", html => tables.Write(html, "events"));
    }

    private static void Write(HtmlWriter html, PageTables tables, params (string Heading, string Table)[] parts)
    {
        foreach (var (heading, table) in parts)
        {
            html.Heading(heading);
            tables.Write(html, table);
        }
    }

    private List<LockEvent> Events(LockLogRequest query) => [.. service.Events.Read(query).Reverse()];

    private static IEnumerable<(string Name, string Value)> Facts(LockGroupStatus status)
    {
        yield return ("Available", Amounts.Count(status.Available));
        yield return ("Max", status.Limit.EndsWith('%') ? $"{status.Max} ({status.Limit} of {Amounts.Count(status.Machines ?? 0, "machine", "machines")})" : Amounts.Count(status.Max));
        yield return ("Grants", Amounts.Count(status.Grants));
        yield return ("Last grant", status.LastGrantAt is { } at ? Amounts.Moment(at) : "never");
        if (status.Obstacle.Length > 0)
        {
            yield return ("Nothing is granted", status.Obstacle);
        }

        foreach (var window in status.Windows)
        {
            yield return ("Window", window);
        }
    }

    private static PageTable<LockGroupStatus> GroupTable() => new PageTable<LockGroupStatus>("Groups")
        .Link("Group", static g => g.Group, static g => PageAddress.Of("/groups/", g.Group), "group")
        .Badge("State", static g => g.StoreError.Length > 0 ? (Tone.Bad, "store fails")
            : g.Available < 0 ? (Tone.Warning, $"over by {-g.Available}")
            : g.FrozenBy.Length > 0 ? (Tone.Warning, "frozen")
            : g.ObstacleKind.Length > 0 ? (Tone.Busy, g.ObstacleKind == LockErrorCode.WindowClosed ? "window closed" : "pause")
            : g.Available == 0 ? (Tone.Busy, g.Max == 0 ? "closed" : "full") : (Tone.Good, "free"))
        .Count("Available", static g => g.Available)
        .Count("Max", static g => g.Max)
        .Count("Holders", static g => g.Holders.Count)
        .Count("Waiting", static g => g.Waiting.Count)
        .Text("Nothing granted because", static g => g.Obstacle, "obstacle")
        .Data("limit", static g => CellValue.Of(g.Limit))
        .Data("grants", static g => CellValue.Of((long?)g.Grants));

    private PageTable<(string Group, LockHolderInfo Holder)> HolderTable() => new PageTable<(string Group, LockHolderInfo Holder)>("Holders")
        .Text("Group", static r => r.Group)
        .Text("Id", static r => r.Holder.Id)
        .Badge("State", static r => r.Holder.Overdue ? (Tone.Warning, "overdue") : (Tone.Quiet, "holds"))
        .Ago("Since", static r => r.Holder.Since, clock.GetUtcNow(), never: "unknown")
        .Text("Why", static r => r.Holder.Reason, "reason")
        .Text("User", static r => r.Holder.User)
        .Text("Address", static r => r.Holder.Address)
        .Text("Expected for", static r => r.Holder.Expected is { } expected ? Amounts.Duration(expected) : "", "expected")
        .Count("Grant", static r => r.Holder.Grant);

    private PageTable<(string Group, LockWaiterInfo Waiter)> WaiterTable() => new PageTable<(string Group, LockWaiterInfo Waiter)>("Queue")
        .Text("Group", static r => r.Group)
        .Count("Place", static r => r.Waiter.Place)
        .Text("Id", static r => r.Waiter.Id)
        .Ago("Since", static r => r.Waiter.Since, clock.GetUtcNow())
        .Ago("Asked", static r => r.Waiter.LastAsked, clock.GetUtcNow(), never: "waits on a connection")
        .Text("Why", static r => r.Waiter.Reason, "reason")
        .Text("User", static r => r.Waiter.User);

    private static PageTable<LockEvent> EventTable() => new PageTable<LockEvent>("Events, the last one first")
        .Moment("Time", static e => e.Time)
        .Text("Group", static e => e.Group)
        .Badge("What", static e => (e.What is "forced" or "overdue" ? Tone.Warning : Tone.Quiet, e.What))
        .Text("Id", static e => e.Id)
        .Text("User", static e => e.User)
        .Text("Why", static e => e.Reason, "reason")
        .Count("Free then", static e => e.Available, "available");

    private PageResult Render(PageRequest request, string title, Action<HtmlWriter> body)
    {
        var failing = service.Groups.Select(static g => g.Describe()).Where(static s => s.StoreError.Length > 0).ToList();
        return _layout.Render(request, title, body, failing.Count == 0
            ? null
            : $"The store of {string.Join(", ", failing.Select(static s => s.Group))} fails, so nothing is granted there: {failing[0].StoreError}");
    }
}
