using System.Globalization;

namespace Dom.Roles.Pages;

/// <summary>What all pages of a role share: title, menu, banner, style. Works without JavaScript, by keyboard, in light and dark.</summary>
/// <param name="role">The role's name for people: <c>master</c>, <c>image server</c>, <c>sub</c>.</param>
/// <param name="host">The machine it runs on.</param>
/// <param name="links">The menu; the log, which every role has, comes after them.</param>
public sealed class PageLayout(string role, string host, IReadOnlyList<PageLink> links)
{
    private const int MinRefreshSeconds = 1;
    private const int MaxRefreshSeconds = 3600;

    private static readonly PageLink Log = new("/logs", "Log");

    /// <summary>Makes a page.</summary>
    /// <param name="request">What was asked for; <c>?refresh=5</c> makes the page reload itself.</param>
    /// <param name="title">The heading.</param>
    /// <param name="body">Writes what the page says.</param>
    /// <param name="stop">Why nothing is changed now, for the red banner; null when no stop is in force.</param>
    /// <param name="status">The HTTP status.</param>
    public PageResult Render(PageRequest request, string title, Action<HtmlWriter> body, string? stop = null, int status = 200) =>
        Render(request, title, body, stop is null ? [] : [new PageBanner(stop)], status);

    /// <summary>Makes a page with a red banner for each thing that is stopped.</summary>
    public PageResult Render(PageRequest request, string title, Action<HtmlWriter> body, IReadOnlyList<PageBanner> stops, int status = 200)
    {
        ArgumentNullException.ThrowIfNull(body);
        var html = new HtmlWriter();
        html.Doctype();
        using (html.Open("html", ("lang", "en")))
        {
            WriteHead(html, request, title);
            using (html.Open("body"))
            {
                html.Element("a", "Skip to content", ("class", "skip"), ("href", "#content"));
                WriteHeader(html, request);
                foreach (var stop in stops)
                {
                    WriteBanner(html, stop);
                }

                using (html.Open("main", ("id", "content"), ("tabindex", "-1")))
                {
                    html.Element("h1", title);
                    body(html);
                }

                WriteFooter(html, request);
            }
        }

        return PageResult.Html(html, status);
    }

    private static void WriteBanner(HtmlWriter html, PageBanner stop)
    {
        using var banner = html.Open("div", ("class", "stop"), ("role", "alert"));
        html.Element("strong", "STOP").Text(" ").Text(stop.Text);
        if (stop.Address is not null)
        {
            html.Text(" ").Link(stop.Address, "Show");
        }
    }

    private void WriteHead(HtmlWriter html, PageRequest request, string title)
    {
        using var head = html.Open("head");
        html.Void("meta", ("charset", "utf-8"));
        html.Void("meta", ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        html.Void("meta", ("name", "color-scheme"), ("content", "light dark"));
        if (RefreshSeconds(request) is { } seconds)
        {
            html.Void("meta", ("http-equiv", "refresh"), ("content", seconds.ToString(CultureInfo.InvariantCulture)));
        }

        html.Element("title", $"{title} · {role} {host}");
        html.Style(StyleSheet.Text);
    }

    private void WriteHeader(HtmlWriter html, PageRequest request)
    {
        using var header = html.Open("header");
        using (html.Open("a", ("class", "brand"), ("href", "/")))
        {
            html.Element("b", "dom").Text($" {role}").Element("small", host);
        }

        using var nav = html.Open("nav", ("aria-label", "Pages"));
        foreach (var link in links.Append(Log))
        {
            html.Element("a", link.Text, ("href", link.Address), ("aria-current", link.Address == request.Path ? "page" : null));
        }
    }

    private static void WriteFooter(HtmlWriter html, PageRequest request)
    {
        using var footer = html.Open("footer");
        html.Text(request.User is null ? "Without a client certificate: paths and logs are not shown." : $"Signed in as {request.User}.");
        html.Text(" ");
        if (RefreshSeconds(request) is null)
        {
            html.Link(PageAddress.Replacing(request, "refresh", "5"), "Reload every 5 s");
        }
        else
        {
            html.Link(PageAddress.Replacing(request, "refresh", null), "Stop reloading");
        }

        html.Text(" · ").Link("/metrics", "metrics").Text(" · ").Link("/readyz", "readiness");
    }

    private static int? RefreshSeconds(PageRequest request) =>
        int.TryParse(request.Value("refresh"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? Math.Clamp(seconds, MinRefreshSeconds, MaxRefreshSeconds)
            : null;
}
