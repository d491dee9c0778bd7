namespace Dom.Roles.Pages;

/// <summary>An open element; disposing it writes its end tag.</summary>
public readonly ref struct HtmlScope
{
    private readonly HtmlWriter _writer;
    private readonly int _depth;

    internal HtmlScope(HtmlWriter writer, int depth)
    {
        _writer = writer;
        _depth = depth;
    }

    /// <summary>Writes the end tag.</summary>
    public void Dispose() => _writer.Close(_depth);
}
