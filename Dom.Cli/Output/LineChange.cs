namespace Dom.Cli.Output;

/// <summary>A line of a filter or a trigger that only one of two images has.</summary>
/// <param name="Change"><c>added</c> or <c>removed</c>.</param>
/// <param name="Text">The line.</param>
internal sealed record LineChange(string Change, string Text)
{
    /// <summary>Lines of which one list has more than the other; first the removed ones.</summary>
    public static IReadOnlyList<LineChange> Between(IEnumerable<string> old, IEnumerable<string> @new)
    {
        var (before, after) = (old.ToList(), @new.ToList());
        var isAdded = after.ToList();
        before.ForEach(line => isAdded.Remove(line));
        var isRemoved = before.ToList();
        after.ForEach(line => isRemoved.Remove(line));
        return [.. isRemoved.Select(static l => new LineChange("removed", l)), .. isAdded.Select(static l => new LineChange("added", l))];
    }

    /// <summary>One line for people.</summary>
    public string ToLine(string part) => $"{part} {(Change == "added" ? '+' : '-')} {Text}";
}
