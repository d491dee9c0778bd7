using System.Text;

namespace Dom.Roles.Pages;

/// <summary>Writes HTML that is well formed and escaped by construction: there is no way to write text as markup.</summary>
public sealed class HtmlWriter
{
    private static readonly string[] VoidTags = ["br", "hr", "img", "input", "link", "meta"];

    private readonly StringBuilder _out = new(4096);
    private readonly Stack<string> _open = new();

    /// <summary>Opens an element; it is closed by disposing what this returns.</summary>
    public HtmlScope Open(string tag, params ReadOnlySpan<HtmlAttribute> attributes)
    {
        Start(tag, attributes);
        _open.Push(tag);
        return new HtmlScope(this, _open.Count);
    }

    /// <summary>Writes an element that holds only text.</summary>
    public HtmlWriter Element(string tag, string? text, params ReadOnlySpan<HtmlAttribute> attributes)
    {
        Start(tag, attributes);
        Text(text);
        _out.Append("</").Append(tag).Append('>');
        return this;
    }

    /// <summary>Writes an element that has no content, such as <c>meta</c>.</summary>
    public HtmlWriter Void(string tag, params ReadOnlySpan<HtmlAttribute> attributes)
    {
        if (!VoidTags.Contains(tag))
        {
            throw new ArgumentException($"<{tag}> needs an end tag", nameof(tag));
        }

        Start(tag, attributes);
        return this;
    }

    /// <summary>Writes text, escaped; control characters that HTML forbids become U+FFFD.</summary>
    public HtmlWriter Text(string? text)
    {
        foreach (var c in text ?? "")
        {
            Escape(c);
        }

        return this;
    }

    /// <summary>A link. Only paths of this site and http(s) addresses are taken.</summary>
    public HtmlWriter Link(string address, string text) => Element("a", text, ("href", address));

    /// <summary>The document so far.</summary>
    /// <exception cref="InvalidOperationException">An element is still open.</exception>
    public override string ToString() => _open.Count == 0
        ? _out.ToString()
        : throw new InvalidOperationException($"the element <{_open.Peek()}> is still open");

    internal void Doctype() => _out.Append("<!doctype html>");

    /// <summary>The style sheet is the only text not escaped: a constant of the program, which must not end its element.</summary>
    internal void Style(string constantStyleSheet)
    {
        if (constantStyleSheet.Contains('<', StringComparison.Ordinal))
        {
            throw new ArgumentException("a style sheet must not contain '<'", nameof(constantStyleSheet));
        }

        _out.Append("<style>").Append(constantStyleSheet).Append("</style>");
    }

    internal void Close(int depth)
    {
        if (_open.Count != depth)
        {
            throw new InvalidOperationException($"the element <{_open.Peek()}> is closed out of order");
        }

        _out.Append("</").Append(_open.Pop()).Append('>');
    }

    private void Start(string tag, ReadOnlySpan<HtmlAttribute> attributes)
    {
        _out.Append('<').Append(Name(tag));
        foreach (var (name, value) in attributes)
        {
            if (value is null)
            {
                continue;
            }

            if (name is "href" or "src" or "action" && !IsSafeAddress(value))
            {
                throw new ArgumentException($"'{value}' is not a path of this site or an http(s) address", nameof(attributes));
            }

            if (name.StartsWith("on", StringComparison.Ordinal) || name == "style")
            {
                throw new ArgumentException($"the attribute '{name}' is not allowed", nameof(attributes));
            }

            _out.Append(' ').Append(Name(name)).Append("=\"");
            Text(value);
            _out.Append('"');
        }

        _out.Append('>');
    }

    private void Escape(char c)
    {
        _ = c switch
        {
            '&' => _out.Append("&amp;"),
            '<' => _out.Append("&lt;"),
            '>' => _out.Append("&gt;"),
            '"' => _out.Append("&quot;"),
            '\'' => _out.Append("&#39;"),
            '\t' or '\n' => _out.Append(c),
            < ' ' or (>= '\x7f' and <= '\x9f') => _out.Append('\uFFFD'),
            _ => _out.Append(c),
        };
    }

    private static string Name(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            ? name
            : throw new ArgumentException($"'{name}' is not an HTML name", nameof(name));

    private static bool IsSafeAddress(string address) =>
        (address.StartsWith('/') && !address.StartsWith("//", StringComparison.Ordinal))
        || address.StartsWith('?') || address.StartsWith('#')
        || address.StartsWith("http://", StringComparison.Ordinal)
        || address.StartsWith("https://", StringComparison.Ordinal);
}
