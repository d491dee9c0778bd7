using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>A file of a snapshot whose content is to be read beside the scans.</summary>
/// <param name="Path">One of its names.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Facts">Which inode, and when it last changed.</param>
public readonly record struct UnreadFile(UnixPath Path, long Size, EntryFacts Facts);
