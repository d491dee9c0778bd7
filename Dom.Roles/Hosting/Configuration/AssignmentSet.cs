namespace Dom.Roles.Hosting.Configuration;

/// <summary>All assignments in the order of their precedence, the weakest first.</summary>
internal sealed class AssignmentSet
{
    private readonly ILookup<(string Section, string Key), Assignment> _byKey;

    public AssignmentSet(IReadOnlyList<Assignment> assignments)
    {
        All = assignments;
        _byKey = assignments.ToLookup(a => (a.Section, a.Key));
    }

    /// <summary>Every assignment.</summary>
    public IReadOnlyList<Assignment> All { get; }

    /// <summary>The assignments that count for a key: the strongest one, or for a list all since the last empty one.</summary>
    public IReadOnlyList<Assignment> For(string section, OptionKey key)
    {
        var given = _byKey[(section, key.Name)].ToList();
        if (given.Count == 0)
        {
            return key.FallbackSection is { } fallback && fallback != section ? For(fallback, key) : given;
        }

        if (!key.IsList)
        {
            return [given[^1]];
        }

        var cleared = given.FindLastIndex(a => a.Value.Length == 0);
        return given[Math.Max(cleared, 0)..];
    }
}
