using Dom.Core.Trees.Scanning;

namespace Dom.Roles.Sub.Scanning;

/// <summary>A snapshot of the machine and what was looked at for it.</summary>
/// <param name="Tree">The snapshot.</param>
/// <param name="Scope">The scope it was read with.</param>
internal sealed record MachineSnapshot(MachineTree Tree, WatchScope Scope);
