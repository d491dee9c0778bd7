using Dom.Core.Objects;

namespace Dom.Core.Trees;

/// <summary>The decoded root block: rule 3's (format version, root directory, link table).</summary>
/// <param name="Version">Format version.</param>
/// <param name="Directory">Inode of the root directory; its <see cref="Inode.Content"/> is the root directory's block.</param>
/// <param name="Links">Block of the link table, none when no file has several names.</param>
public sealed record TreeRoot(int Version, Inode Directory, ObjectId Links);
