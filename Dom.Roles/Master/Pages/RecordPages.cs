using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The history of a machine or the fleet, and the deviations that were corrected: for holders of a certificate.</summary>
internal sealed class RecordPages(MasterService master, MasterEndpoints endpoints, PageLayout layout)
{
    /// <summary>Most records a page or a form for programs holds; <c>since</c> and <c>host</c> choose others.</summary>
    private const int MostRecords = 10_000;

    private const int ShownRecords = 500;

    /// <summary>What happened to a machine; without <c>host</c>, the controls of the whole fleet. The newest first.</summary>
    public async ValueTask<PageResult> RenderHistoryAsync(PageRequest request, CancellationToken cancellationToken)
    {
        var host = request.Value("host") ?? "";
        List<HistoryRecord> records;
        try
        {
            var all = await endpoints.HistoryAsync(new HistoryRequest { Hostname = host, Last = ReadSince(request) }, cancellationToken);
            records = [.. all.TakeLast(MostRecords).Reverse()];
        }
        catch (RpcException wrong)
        {
            return PageResult.Text(wrong.Message + "\n", wrong.Status == RpcStatus.NotFound ? 404 : 400);
        }

        var tables = new PageTables(request).Add("history", HistoryTable(), records, "Nothing is recorded.", ShownRecords);
        return tables.Answer() ?? layout.Render(
            request, host.Length > 0 ? $"History of {host}" : "Controls of the fleet", html => tables.Write(html, "history"), MasterPages.Banner(master));
    }

    /// <summary>Deviations that were corrected, the newest of each machine first.</summary>
    public ValueTask<PageResult> RenderDrift(PageRequest request, CancellationToken cancellationToken)
    {
        List<DriftEntry> entries;
        try
        {
            var query = new DriftQuery
            {
                Machines = request.Value("host") is { Length: > 0 } host ? new SubQuery { Hostnames = [host] } : null,
                Last = ReadSince(request) ?? TimeSpan.FromDays(1),
            };
            entries = Newest(endpoints.Drift(query));
        }
        catch (RpcException wrong)
        {
            return ValueTask.FromResult(PageResult.Text(wrong.Message + "\n", 400));
        }

        var tables = new PageTables(request).Add("drift", DriftTable(), entries, "No drift was corrected in this time.", ShownRecords);
        return ValueTask.FromResult(tables.Answer() ?? layout.Render(request, "Corrected drift", html => tables.Write(html, "drift"), MasterPages.Banner(master)));
    }

    /// <summary>The newest entries first; no more of them are held than are shown, however many the fleet has.</summary>
    private static List<DriftEntry> Newest(IEnumerable<DriftEntry> entries)
    {
        var newest = new PriorityQueue<DriftEntry, DateTimeOffset>();
        foreach (var entry in entries)
        {
            newest.Enqueue(entry, entry.Received);
            if (newest.Count > MostRecords)
            {
                newest.Dequeue();
            }
        }

        var ordered = new List<DriftEntry>(newest.Count);
        while (newest.TryDequeue(out var entry, out _))
        {
            ordered.Add(entry);
        }

        ordered.Reverse();
        return ordered;
    }

    private static PageTable<HistoryRecord> HistoryTable() => new PageTable<HistoryRecord>("The newest first")
        .Moment("Time", static r => r.Time)
        .Badge("What", static r => (ToneOf(r), r.Kind == HistoryKind.Control ? r.Outcome : Words(r.Kind)))
        .Text("Image", static r => r.Image)
        .Count("Steps", static r => r.Kind is HistoryKind.Deviation or HistoryKind.UpdateBegun or HistoryKind.UpdateEnded ? r.Steps : null)
        .Column(
            "Outcome",
            static (html, r) => html.Text(r.Kind == HistoryKind.UpdateEnded ? $"{r.Outcome}, {Amounts.Duration(r.Took)}" : ""),
            static r => CellValue.Of(r.Kind == HistoryKind.UpdateEnded ? r.Outcome : null))
        .Data("took_seconds", static r => CellValue.Of(r.Kind == HistoryKind.UpdateEnded ? r.Took : null))
        .Text("By", static r => r.User, "user")
        .Text("Why", static r => r.Text, "reason");

    private static PageTable<DriftEntry> DriftTable() => new PageTable<DriftEntry>("Deviations that no update caused, the newest first")
        .Moment("Heard of", static e => e.Received)
        .Link("Machine", static e => e.Hostname, static e => PageAddress.WithQuery("/sub", "host", e.Hostname), "hostname")
        .Badge("Kind", static e => (e.Record.Contested ? Tone.Bad : Tone.Warning, e.Record.Kind.ToString().ToLowerInvariant()))
        .Text("Path", static e => e.Record.Path.ToString())
        .Text("Differed in", static e => e.Record.Differs == DriftFields.None ? "" : e.Record.Differs.ToString().ToLowerInvariant())
        .Moment("First seen", static e => e.Record.FirstSeen)
        .Moment("Corrected", static e => e.Record.CorrectedAt)
        .Text("Image", static e => e.Record.Image)
        .Data("contested", static e => CellValue.Of(e.Record.Contested));

    private static TimeSpan? ReadSince(PageRequest request)
    {
        if (request.Value("since") is not { Length: > 0 } text)
        {
            return null;
        }

        try
        {
            return DurationText.Parse(text);
        }
        catch (FormatException)
        {
            throw new RpcException(RpcStatus.InvalidArgument, $"since={text} is not a length of time such as 2h or 7d");
        }
    }

    private static string Words(HistoryKind kind) => kind switch
    {
        HistoryKind.Deviation => "deviation",
        HistoryKind.Required => "image required",
        HistoryKind.UpdateBegun => "update begun",
        HistoryKind.UpdateEnded => "update ended",
        HistoryKind.Lost => "lost",
        HistoryKind.Answers => "answers again",
        HistoryKind.TurnFailed => "turn failed",
        HistoryKind.Rebooted => "rebooted",
        _ => kind.ToString(),
    };

    private static Tone ToneOf(HistoryRecord record) => record.Kind switch
    {
        HistoryKind.Deviation => record is { Steps: 0, Blocked: 0, Unknown: 0, Contested: 0 } ? Tone.Good : Tone.Warning,
        HistoryKind.UpdateEnded => record.Outcome == "done" ? Tone.Good : Tone.Bad,
        HistoryKind.Lost or HistoryKind.TurnFailed => Tone.Bad,
        HistoryKind.Answers => Tone.Good,
        _ => Tone.Busy,
    };
}
