using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.State;

/// <summary>The last good data of a source, kept over restarts.</summary>
internal sealed record SourceRecord
{
    /// <summary>The source's name.</summary>
    public required string Name { get; init; }

    /// <summary>When the data was read.</summary>
    public DateTimeOffset ReadAt { get; init; }

    /// <summary>The machines.</summary>
    public IReadOnlyList<Machine> Machines { get; init; } = [];
}
