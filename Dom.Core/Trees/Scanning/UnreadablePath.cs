using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>An entry that could not be read, and why.</summary>
public readonly record struct UnreadablePath(UnixPath Path, Errno Error);
