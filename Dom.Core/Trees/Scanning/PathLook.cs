using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>A path at which something happened.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Deep">True when everything below may be new: a directory that came here by a rename.</param>
public readonly record struct PathLook(UnixPath Path, bool Deep);
