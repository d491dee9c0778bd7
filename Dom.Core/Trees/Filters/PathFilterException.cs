namespace Dom.Core.Trees.Filters;

/// <summary>A filter has lines that are not RE2 or cannot be translated. Every one is named with its number, text and fault.</summary>
public sealed class PathFilterException(IReadOnlyList<string> faults) : FormatException("bad filter: " + string.Join("; ", faults))
{
    /// <summary>One text for each bad line.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}
