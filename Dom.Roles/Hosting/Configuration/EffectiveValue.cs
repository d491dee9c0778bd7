namespace Dom.Roles.Hosting.Configuration;

/// <summary>The value that counts for a key, as text, and where it comes from (<c>default</c> when nobody set it).</summary>
public sealed record EffectiveValue(string Section, string Key, IReadOnlyList<string> Values, string Origin)
{
    /// <summary>The value as one line.</summary>
    public string Text => string.Join(" ", Values);
}
