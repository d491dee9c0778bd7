using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Comparison;

/// <summary>Content of one computed path on one machine.</summary>
/// <param name="Path">The absolute path.</param>
/// <param name="Object">What it contains; none when it is empty.</param>
/// <param name="Size">Its bytes.</param>
public readonly record struct ComputedFile(UnixPath Path, ObjectId Object, long Size);
