using Dom.Core.Linux;

namespace Dom.Roles.Sub.Scanning;

/// <summary>What is to be read again next: some files, or one large one.</summary>
/// <param name="Paths">Files to read together.</param>
/// <param name="Large">A large file, which is read alone; null for none.</param>
internal readonly record struct ScrubSlice(IReadOnlyList<UnixPath> Paths, UnixPath? Large);
