namespace Dom.Roles.Pages;

/// <summary>An attribute of an element; one with a null value is left out.</summary>
public readonly record struct HtmlAttribute(string Name, string? Value)
{
    /// <summary>Lets callers write <c>("class", "wide")</c>.</summary>
    public static implicit operator HtmlAttribute((string Name, string? Value) pair) => new(pair.Name, pair.Value);

    /// <summary>Lets callers write <c>("class", "wide")</c>.</summary>
    public static HtmlAttribute FromValueTuple((string Name, string? Value) pair) => pair;
}
