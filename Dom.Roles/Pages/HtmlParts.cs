namespace Dom.Roles.Pages;

/// <summary>The recurring parts of pages.</summary>
public static class HtmlParts
{
    /// <summary>A status word in its colour.</summary>
    public static HtmlWriter Badge(this HtmlWriter html, Tone tone, string word) =>
        html.Element("span", word, ("class", "badge " + ClassOf(tone)));

    /// <summary>A heading that links can point to.</summary>
    public static HtmlWriter Heading(this HtmlWriter html, string text, string? id = null) => html.Element("h2", text, ("id", id));

    /// <summary>A row of large figures, each with what it counts, its tone and, if any, the page that lists them.</summary>
    public static void Figures(this HtmlWriter html, IEnumerable<Figure> figures)
    {
        using (html.Open("div", ("class", "figures")))
        {
            foreach (var figure in figures)
            {
                using (html.Open(figure.Address is null ? "div" : "a", ("class", "figure " + ClassOf(figure.Tone)), ("href", figure.Address)))
                {
                    html.Element("strong", figure.Value).Element("span", figure.Label);
                }
            }
        }
    }

    /// <summary>Names and values, one pair a line.</summary>
    public static void Facts(this HtmlWriter html, IEnumerable<(string Name, string Value)> facts)
    {
        using (html.Open("dl"))
        {
            foreach (var (name, value) in facts)
            {
                html.Element("dt", name).Element("dd", value);
            }
        }
    }

    /// <summary>A filled bar with its share in words.</summary>
    public static HtmlWriter Bar(this HtmlWriter html, long done, long total, string label)
    {
        var share = total <= 0 ? 1 : Math.Clamp((double)done / total, 0, 1);
        using (html.Open("span", ("class", "bar")))
        {
            html.Element("progress", label, ("value", share.ToString("0.000", System.Globalization.CultureInfo.InvariantCulture)), ("max", "1"), ("aria-label", label));
            html.Element("span", label);
        }

        return html;
    }

    /// <summary>A bar for a part of a whole, with the percentage in words.</summary>
    public static HtmlWriter Share(this HtmlWriter html, long part, long whole) =>
        html.Bar(part, whole, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{100.0 * part / Math.Max(whole, 1):0.0} %"));

    private static string ClassOf(Tone tone) => tone switch
    {
        Tone.Good => "good",
        Tone.Busy => "busy",
        Tone.Warning => "warning",
        Tone.Bad => "bad",
        _ => "quiet",
    };
}
