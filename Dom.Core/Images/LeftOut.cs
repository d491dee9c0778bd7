using Dom.Core.Linux;

namespace Dom.Core.Images;

/// <summary>Something of a directory that could not become part of an image.</summary>
/// <param name="Path">Where it is, below the directory that was pushed.</param>
/// <param name="Reason">Why, for a person.</param>
public readonly record struct LeftOut(UnixPath Path, string Reason);
