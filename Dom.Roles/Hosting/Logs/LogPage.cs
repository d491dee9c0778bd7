using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Dom.Core.Contracts;
using Dom.Core.Contracts.Logger;
using Dom.Roles.Hosting.Configuration;
using Dom.Roles.Pages;

namespace Dom.Roles.Hosting.Logs;

/// <summary>The last lines of a role's log, chosen by level, text, category and time; as a page, as JSON or as text. For holders of a certificate.</summary>
internal sealed class LogPage(RoleLogging logging, PageLayout layout, TimeProvider time)
{
    /// <summary>Where it stands on every role's port.</summary>
    public const string Path = "/logs";

    private const int LinesShown = 200;

    /// <summary>Answers a request.</summary>
    public PageResult Render(PageRequest request)
    {
        LogQuery query;
        try
        {
            query = Read(request);
        }
        catch (FormatException wrong)
        {
            return PageResult.Text(wrong.Message + "\n", 400);
        }

        var lines = new LogFilter(query, time.GetUtcNow()).Newest(logging.Ring.Read(0, out var last, out var gone));
        return request.Value("output") switch
        {
            null or "" or "html" => layout.Render(request, "Log", html => Write(html, request, query, lines, last, gone)),
            "json" => Json(lines),
            "text" => PageResult.Text(string.Concat(lines.Select(static l => LogText.Of(l) + "\n"))),
            var other => PageResult.Text($"there is no output '{other}' of this page: html, json or text\n", 400),
        };
    }

    /// <summary>What is asked for. A person gets a screen full of lines, a program all of them.</summary>
    private static LogQuery Read(PageRequest request)
    {
        var (since, last) = SinceText.Read(request.Value("since") ?? "");
        return new LogQuery
        {
            Level = request.Value("level") is { Length: > 0 } level ? ReadLevel(level) : LogSeverity.Trace,
            Category = request.Value("category") ?? "",
            Text = request.Value("text") ?? "",
            Since = since,
            Last = last,
            Lines = request.Value("lines") switch
            {
                null or "" => request.Value("output") is null or "" or "html" ? LinesShown : null,
                var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var lines) => lines,
                var text => throw new FormatException($"lines={text} is not a number"),
            },
        };
    }

    private static LogSeverity ReadLevel(string text) =>
        Enum.GetValues<LogSeverity>().Where(l => l.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)).Select(static l => (LogSeverity?)l).FirstOrDefault()
        ?? throw new FormatException($"there is no level '{text}'; there are: {string.Join(", ", Enum.GetNames<LogSeverity>())}");

    private void Write(HtmlWriter html, PageRequest request, LogQuery query, IReadOnlyList<LogLine> lines, long last, long gone)
    {
        WriteForm(html, request, query);
        new PageTable<LogLine>($"{Amounts.Count(lines.Count, "line", "lines")}, the newest first")
            .Text("Time", static l => LogText.Moment(l.Time))
            .Column("Level", static (cell, l) => cell.Badge(ToneOf(l.Level), l.Level.ToString()))
            .Column("Event", static (cell, l) => cell.Element("span", l.Event.Length > 0 ? l.Event : l.EventId.ToString(CultureInfo.InvariantCulture), ("title", $"{l.Category}[{l.EventId}]")))
            .Column("Category", static (cell, l) => cell.Link(PageAddress.WithQuery(Path, "category", l.Category), l.Category[(l.Category.LastIndexOf('.') + 1)..]))
            .Text("Message", static l => l.Message)
            .Write(html, lines.Reverse(), "No line is chosen by this.");
        using (html.Open("p"))
        {
            html.Text($"Of {Amounts.Count(last, "line", "lines")} since the start, {Amounts.Count(last - gone)} are kept. ");
            if (query.Lines is not null)
            {
                html.Link(PageAddress.Replacing(request, "lines", LogRing.MaxLines.ToString(CultureInfo.InvariantCulture)), "All of them").Text(", as ");
            }
            else
            {
                html.Text("As ");
            }

            html.Link(PageAddress.Replacing(request, "output", "json"), "JSON").Text(" or ").Link(PageAddress.Replacing(request, "output", "text"), "text").Text(".");
        }

        html.Heading("Levels");
        new PageTable<LogLevelRule>("The least important lines that are logged")
            .Text("Category", static r => r.Category.Length > 0 ? r.Category : "all others")
            .Text("Level", static r => r.Level.ToString())
            .Text("Set by", static r => r.User)
            .Text("Until", static r => r.User.Length == 0 ? "" : r.Until is { } until ? Amounts.Moment(until) : "taken back, or a restart")
            .Write(html, logging.Levels.InForce().Rules, "");
    }

    private static void WriteForm(HtmlWriter html, PageRequest request, LogQuery query)
    {
        using var form = html.Open("form", ("action", Path), ("method", "get"));
        using (html.Open("label"))
        {
            html.Text("At least ");
            using var select = html.Open("select", ("name", "level"));
            foreach (var level in Enum.GetValues<LogSeverity>())
            {
                html.Element("option", level.ToString(), ("value", level.ToString()), ("selected", level == query.Level ? "selected" : null));
            }
        }

        foreach (var (label, name, size) in new[] { (" Contains ", "text", "24"), (" Category ", "category", "20"), (" Since (2h, or a moment) ", "since", "16") })
        {
            using (html.Open("label"))
            {
                html.Text(label).Void("input", ("name", name), ("value", request.Value(name) ?? ""), ("size", size));
            }
        }

        html.Text(" ").Element("button", "Show");
    }

    private static PageResult Json(IReadOnlyList<LogLine> lines)
    {
        var output = new ArrayBufferWriter<byte>(64 << 10);
        using (var json = new Utf8JsonWriter(output))
        {
            json.WriteStartArray();
            foreach (var line in lines)
            {
                JsonSerializer.Serialize(json, line, ContractsJson.Default.LogLine);
            }

            json.WriteEndArray();
        }

        return PageResult.Json(output.WrittenMemory);
    }

    private static Tone ToneOf(LogSeverity level) => level switch
    {
        LogSeverity.Error or LogSeverity.Critical => Tone.Bad,
        LogSeverity.Warning => Tone.Warning,
        LogSeverity.Information => Tone.Good,
        _ => Tone.Quiet,
    };
}
