using Dom.Core.Linux;
using Dom.Core.Objects;

namespace Dom.Core.Trees.Scanning;

/// <summary>A file whose content is to be read.</summary>
/// <param name="Index">Its place in the draft.</param>
/// <param name="Status">What it was when the directory was read.</param>
/// <param name="Known">Content that was recorded for this unchanged file before; none when it is new or changed.</param>
/// <param name="Link">Shared by the names of one file; null for a file with one name.</param>
internal readonly record struct PendingFile(int Index, FileStatus Status, ObjectId Known, LinkedFile? Link);
