using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dom.Core.Contracts;
using Dom.Core.Contracts.Dominator;
using Dom.Core.Rpc;
using Dom.Roles.Master.Machines;
using Dom.Roles.Master.Policy;
using Dom.Roles.Pages;

namespace Dom.Roles.Master.Pages;

/// <summary>The machines, chosen by status, group, location or part of the name; as pages of a table, as JSON or as CSV.</summary>
internal sealed class SubsPage(MasterService master, PageLayout layout)
{
    private const int RowsPerPage = 500;

    /// <summary>Answers a request.</summary>
    public ValueTask<PageResult> Render(PageRequest request, CancellationToken cancellationToken)
    {
        List<ManagedMachine> machines;
        try
        {
            machines = Choose(request);
        }
        catch (RpcException wrong)
        {
            return ValueTask.FromResult(PageResult.Text(wrong.Message + "\n", 400));
        }

        return ValueTask.FromResult(request.Value("output") switch
        {
            null or "html" => layout.Render(request, Title(request, machines.Count), html => Write(html, request, machines), MasterPages.Banner(master)),
            "json" => Json(request, machines),
            "csv" => Csv(machines),
            "text" => PageResult.Text(string.Concat(machines.Select(m => m.Hostname + "\n"))),
            var other => PageResult.Text($"there is no output '{other}' of this page: html, json, csv or text\n", 400),
        });
    }

    private List<ManagedMachine> Choose(PageRequest request)
    {
        var query = new SubQuery
        {
            Statuses = request.Value("status") is { Length: > 0 } status ? [status] : [],
            Locations = request.Value("location") is { Length: > 0 } location ? [location] : [],
            Tags = ReadTags(request.Value("tag") ?? ""),
        };
        var part = request.Value("name") ?? "";
        Func<MachineStatus, bool> belongs = request.Value("group") switch
        {
            null or "" or "all" => _ => true,
            "alive" => s => s.IsAlive(),
            "compliant" => s => s == MachineStatus.Synced,
            "deviant" => s => s.IsDeviant(),
            "unreachable" => s => s.IsUnreachable(),
            "person" => s => s.NeedsPerson(),
            var other => throw new RpcException(
                RpcStatus.InvalidArgument, $"there is no group '{other}'; there are: all, alive, compliant, deviant, unreachable, person"),
        };
        return [.. MachineQuery.Of(query).Choose(master.Fleet).Where(m => belongs(m.Status) && m.Hostname.Contains(part, StringComparison.OrdinalIgnoreCase))];
    }

    /// <summary>Tags as <c>NAME=VALUE</c>, several with commas between them.</summary>
    private static Dictionary<string, string> ReadTags(string text)
    {
        var tags = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new RpcException(RpcStatus.InvalidArgument, $"tag '{pair}' is not NAME=VALUE");
            }

            tags[pair[..equals]] = pair[(equals + 1)..];
        }

        return tags;
    }

    private static string Title(PageRequest request, int count)
    {
        var which = request.Value("status") ?? request.Value("group");
        return $"{Amounts.Count(count, "machine", "machines")}{(string.IsNullOrEmpty(which) ? "" : $": {which}")}";
    }

    private void Write(HtmlWriter html, PageRequest request, List<ManagedMachine> machines)
    {
        WriteForm(html, request);
        var pages = Math.Max(1, (machines.Count + RowsPerPage - 1) / RowsPerPage);
        var page = int.TryParse(request.Value("page"), NumberStyles.None, CultureInfo.InvariantCulture, out var wanted) ? Math.Clamp(wanted, 1, pages) : 1;
        WritePager(html, request, page, pages);
        var now = master.Clock.GetUtcNow();
        new PageTable<SubInfo>("Machines in host name order")
            .Column("Name", (cell, row) => cell.Link(PageAddress.WithQuery("/sub", "host", row.Hostname), row.Hostname))
            .Column("Status", (cell, row) => cell.Badge(MachineStatuses.TryParse(row.Status, out var status) ? MasterPages.ToneOf(status) : Tone.Quiet, row.Status))
            .Text("Required image", row => row.RequiredImage)
            .Text("Applied image", row => row.State?.AppliedImage)
            .Number("Steps", row => row.State?.Plan is { } plan ? Amounts.Count(plan.Steps) : "")
            .Text("Last answer", row => Amounts.Ago(now - row.LastAnswer))
            .Text("In sync since", row => row.Status == MachineStatus.Synced.Word() && row.LastSync is { } sync ? Amounts.Ago(now - sync) : "")
            .Number("Corrections", row => Amounts.Count(row.Corrections))
            .Text("Location", row => row.Location)
            .Write(html, machines.Skip((page - 1) * RowsPerPage).Take(RowsPerPage).Select(m => m.Describe()), "No machine is chosen by this.");
        WritePager(html, request, page, pages);
        using (html.Open("p"))
        {
            html.Text("As ").Link(PageAddress.Replacing(request, "output", "json"), "JSON").Text(", ").Link(PageAddress.Replacing(request, "output", "csv"), "CSV").Text(" or ")
                .Link(PageAddress.Replacing(request, "output", "text"), "names only").Text(".");
        }
    }

    private static void WriteForm(HtmlWriter html, PageRequest request)
    {
        using var form = html.Open("form", ("action", "/subs"), ("method", "get"));
        using (html.Open("label"))
        {
            html.Text("Name contains ").Void("input", ("name", "name"), ("value", request.Value("name") ?? ""), ("size", "20"));
        }

        html.Text(" ");
        using (html.Open("label"))
        {
            html.Text("Status ");
            using var select = html.Open("select", ("name", "status"));
            html.Element("option", "any", ("value", ""));
            foreach (var status in MachineStatuses.All)
            {
                html.Element("option", status.Word(), ("value", status.Word()), ("selected", request.Value("status") == status.Word() ? "selected" : null));
            }
        }

        foreach (var (label, name) in new[] { (" Location ", "location"), (" Tag (NAME=VALUE) ", "tag") })
        {
            using (html.Open("label"))
            {
                html.Text(label).Void("input", ("name", name), ("value", request.Value(name) ?? ""), ("size", "16"));
            }
        }

        html.Text(" ").Element("button", "Show");
    }

    private static void WritePager(HtmlWriter html, PageRequest request, int page, int pages)
    {
        if (pages == 1)
        {
            return;
        }

        using var line = html.Open("p");
        if (page > 1)
        {
            html.Link(PageAddress.Replacing(request, "page", (page - 1).ToString(CultureInfo.InvariantCulture)), "previous").Text(" ");
        }

        html.Text(string.Create(CultureInfo.InvariantCulture, $"page {page} of {pages}"));
        if (page < pages)
        {
            html.Text(" ").Link(PageAddress.Replacing(request, "page", (page + 1).ToString(CultureInfo.InvariantCulture)), "next");
        }
    }

    private static PageResult Json(PageRequest request, List<ManagedMachine> machines)
    {
        var output = new ArrayBufferWriter<byte>(64 << 10);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach (var machine in machines)
            {
                var info = machine.Describe();
                JsonSerializer.Serialize(json, request.User is null ? MasterPages.WithoutPaths(info) : info, ContractsJson.Default.SubInfo);
            }

            json.WriteEndArray();
        }

        return PageResult.Json(output.WrittenMemory);
    }

    private static PageResult Csv(List<ManagedMachine> machines)
    {
        var text = new StringBuilder("hostname,status,required_image,applied_image,last_answer,last_sync,corrections,location\r\n");
        foreach (var machine in machines)
        {
            var info = machine.Describe();
            text.Append(CsvField(info.Hostname)).Append(',').Append(CsvField(info.Status)).Append(',').Append(CsvField(info.RequiredImage)).Append(',')
                .Append(CsvField(info.State?.AppliedImage ?? "")).Append(',').Append(CsvMoment(info.LastAnswer)).Append(',').Append(CsvMoment(info.LastSync)).Append(',')
                .Append(info.Corrections.ToString(CultureInfo.InvariantCulture)).Append(',').Append(CsvField(info.Location)).Append("\r\n");
        }

        return new PageResult { ContentType = "text/csv; charset=utf-8", Body = Encoding.UTF8.GetBytes(text.ToString()) };
    }

    private static string CsvMoment(DateTimeOffset? moment) => moment is { } known ? Amounts.Moment(known) : "";

    /// <summary>A field that no spreadsheet takes for a formula.</summary>
    private static string CsvField(string field)
    {
        if (field.Length > 0 && field[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            field = "'" + field;
        }

        return field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
    }
}
