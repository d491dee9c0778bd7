namespace Dom.Roles.MdbSync.Sources;

/// <summary>The first of many problems, and how many there are.</summary>
internal sealed class ProblemList(int most)
{
    private readonly List<string> _texts = [];
    private int _count;

    /// <summary>The texts; the last says how many were left out.</summary>
    public IReadOnlyList<string> Texts => _count > most ? [.. _texts, $"and {_count - most} more"] : _texts;

    /// <summary>Adds a problem; nothing when the text is empty.</summary>
    public void Add(string text)
    {
        if (text.Length > 0 && _count++ < most)
        {
            _texts.Add(text);
        }
    }
}
