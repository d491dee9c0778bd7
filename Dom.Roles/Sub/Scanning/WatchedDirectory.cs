namespace Dom.Roles.Sub.Scanning;

/// <summary>A directory whose events count.</summary>
/// <param name="Path">Its path; empty for the root.</param>
/// <param name="Covered">Image filters that cover it.</param>
internal sealed record WatchedDirectory(byte[] Path, uint Covered);
