using System.Text.Json;
using Dom.Core.Contracts;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Contracts.Subd;
using Dom.Core.Rpc;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The history of a machine or the fleet, and the deviations that were corrected: for holders of a certificate.</summary>
internal sealed class RecordPages(MasterService master, MasterEndpoints endpoints, PageLayout layout)
{
    private const int ShownRecords = 1_000;

    /// <summary>What happened to a machine; without <c>host</c>, the controls of the whole fleet. The newest first.</summary>
    public async ValueTask<PageResult> RenderHistoryAsync(PageRequest request, CancellationToken cancellationToken)
    {
        var host = request.Value("host") ?? "";
        List<HistoryRecord> records;
        try
        {
            var all = await endpoints.HistoryAsync(new HistoryRequest { Hostname = host, Last = ReadSince(request) }, cancellationToken);
            records = [.. all.TakeLast(ShownRecords).Reverse()];
        }
        catch (RpcException wrong)
        {
            return PageResult.Text(wrong.Message + "\n", wrong.Status == RpcStatus.NotFound ? 404 : 400);
        }

        if (request.Value("output") == "json")
        {
            return PageResult.Json(JsonSerializer.SerializeToUtf8Bytes(new HistoryPage { Records = records }, ContractsJson.Default.HistoryPage));
        }

        return layout.Render(
            request,
            host.Length > 0 ? $"History of {host}" : "Controls of the fleet",
            html => new PageTable<HistoryRecord>("The newest first")
                .Text("Time", r => Amounts.Moment(r.Time))
                .Column("What", (cell, r) => cell.Badge(ToneOf(r), r.Kind == HistoryKind.Control ? r.Outcome : Words(r.Kind)))
                .Text("Image", r => r.Image)
                .Number("Steps", r => r.Kind is HistoryKind.Deviation or HistoryKind.UpdateBegun or HistoryKind.UpdateEnded ? Amounts.Count(r.Steps) : "")
                .Text("Outcome", r => r.Kind == HistoryKind.UpdateEnded ? $"{r.Outcome}, {Amounts.Duration(r.Took)}" : "")
                .Text("By", r => r.User)
                .Text("Why", r => r.Text)
                .Write(html, records, "Nothing is recorded."),
            MasterPages.Banner(master));
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
            entries = [.. endpoints.Drift(query).OrderByDescending(e => e.Received).Take(ShownRecords)];
        }
        catch (RpcException wrong)
        {
            return ValueTask.FromResult(PageResult.Text(wrong.Message + "\n", 400));
        }

        if (request.Value("output") == "json")
        {
            return ValueTask.FromResult(PageResult.Json(JsonSerializer.SerializeToUtf8Bytes(new DriftEntries { Entries = entries }, ContractsJson.Default.DriftEntries)));
        }

        return ValueTask.FromResult(layout.Render(
            request,
            "Corrected drift",
            html => new PageTable<DriftEntry>($"Deviations that no update caused, the newest first, up to {Amounts.Count(ShownRecords)}")
                .Text("Heard of", e => Amounts.Moment(e.Received))
                .Column("Machine", (cell, e) => cell.Link(PageAddress.WithQuery("/sub", "host", e.Hostname), e.Hostname))
                .Column("Kind", (cell, e) => cell.Badge(e.Record.Contested ? Tone.Bad : Tone.Warning, e.Record.Kind.ToString().ToLowerInvariant()))
                .Text("Path", e => e.Record.Path.ToString())
                .Text("Differed in", e => e.Record.Differs == DriftFields.None ? "" : e.Record.Differs.ToString().ToLowerInvariant())
                .Text("First seen", e => Amounts.Moment(e.Record.FirstSeen))
                .Text("Corrected", e => Amounts.Moment(e.Record.CorrectedAt))
                .Text("Image", e => e.Record.Image)
                .Write(html, entries, "No drift was corrected in this time."),
            MasterPages.Banner(master)));
    }

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
