using Dom.Core.Linux;

namespace Dom.Core.Trees.Comparison;

/// <summary>A path that is a name of a hard-linked file on at least one side, and a file in the image.</summary>
/// <param name="Path">The path.</param>
/// <param name="Image">What the image has there.</param>
/// <param name="Machine">What the machine has there: a file, a directory that the plan empties, or nothing.</param>
internal sealed record LinkedName(UnixPath Path, EntryRef Image, EntryRef Machine);
