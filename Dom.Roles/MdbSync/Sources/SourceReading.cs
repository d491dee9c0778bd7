using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>What a look at a source found.</summary>
/// <param name="List">The machines; null when they are those of the last reading.</param>
/// <param name="Problems">Parts that could not be read, whose last good data is in the list.</param>
internal sealed record SourceReading(MachineList? List, IReadOnlyList<string> Problems)
{
    /// <summary>Nothing changed.</summary>
    public static SourceReading Unchanged { get; } = new(null, []);
}
