using Dom.Core.Machines;

namespace Dom.Roles.MdbSync.Sources;

/// <summary>How long a look at a source may take and how much it may deliver.</summary>
/// <param name="Timeout">The time of one look.</param>
/// <param name="MaxBytes">Most bytes of one source.</param>
/// <param name="Machines">Limits of the list.</param>
internal sealed record SourceLimits(TimeSpan Timeout, long MaxBytes, MachineListLimits Machines);
