using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Publication;

/// <summary>The list in force.</summary>
/// <param name="Generation">Counts the lists since the start, from 1.</param>
/// <param name="List">The machines.</param>
/// <param name="At">When it was published.</param>
internal sealed record PublishedList(long Generation, MachineList List, DateTimeOffset At);
