namespace Dom.Core.Trees.Scanning;

/// <summary>A directory to go into.</summary>
/// <param name="Index">Its place in the draft.</param>
/// <param name="Covered">Image filters that cover it.</param>
/// <param name="Previous">It in the last snapshot.</param>
/// <param name="Paths">What is asked for below it; null for nothing in particular.</param>
internal readonly record struct PendingDirectory(int Index, uint Covered, MachineDirectory? Previous, RescanNode? Paths);
