using System.Text;

namespace Dom.Cli.Packaging;

/// <summary>A manual page in the macros of man(7).</summary>
internal sealed class RoffText
{
    private readonly StringBuilder _text = new();

    /// <summary>Begins a page.</summary>
    public RoffText(string name, int section, string summary)
    {
        _text.Append($".TH {Escape(name.ToUpperInvariant())} {section} \"\" \"dom\" \"{(section == 1 ? "Commands" : "File formats")}\"\n");
        Section("NAME").Line($"{name} \\- {Escape(summary.TrimEnd('.'))}");
    }

    /// <summary>A heading.</summary>
    public RoffText Section(string title) => Line($".SH {title}");

    /// <summary>A heading below a section.</summary>
    public RoffText Subsection(string title) => Line($".SS {Escape(title)}");

    /// <summary>A paragraph.</summary>
    public RoffText Paragraph(string text) => Line(".PP").Line(Lead(Escape(text)));

    /// <summary>A term in bold, and what it means.</summary>
    public RoffText Item(string term, string meaning) => Line(".TP").Line($"\\fB{Escape(term)}\\fR").Line(Lead(Escape(meaning)));

    /// <summary>Lines printed as they are.</summary>
    public RoffText Literal(string text) => Line(".PP").Line(".nf").Line(string.Join('\n', text.Split('\n').Select(l => Lead(Escape(l))))).Line(".fi");

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();

    private RoffText Line(string text)
    {
        _text.Append(text).Append('\n');
        return this;
    }

    /// <summary>A backslash is roff's; a hyphen that is typed is a minus.</summary>
    private static string Escape(string text) => text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal);

    /// <summary>A line must not begin as a request does.</summary>
    private static string Lead(string text) => text.Length > 0 && text[0] is ('.' or '\'') ? "\\&" + text : text;
}
