using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>A file that changes all the time, so that its content is read at most once a minute.</summary>
/// <param name="Path">One of its names.</param>
/// <param name="Changes">Changes noticed in the last minute.</param>
/// <param name="Unstable">True when it changed while it was read.</param>
public readonly record struct HotFile(UnixPath Path, int Changes, bool Unstable);
