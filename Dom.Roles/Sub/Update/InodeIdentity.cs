using Dom.Core.Linux;

namespace Dom.Roles.Sub.Update;

/// <summary>Tells an inode from every other one of the file system, also from a later one that got the same number, and over restarts.</summary>
/// <param name="Number">Inode number.</param>
/// <param name="Generation">Birth time in nanoseconds; 0 where the file system keeps none.</param>
internal readonly record struct InodeIdentity(ulong Number, ulong Generation)
{
    /// <summary>The identity of a file.</summary>
    public static InodeIdentity Of(in FileStatus status) =>
        new(status.Inode, unchecked(((ulong)status.BirthTime.Seconds * 1_000_000_000) + (ulong)status.BirthTime.Nanoseconds));

    /// <summary>True when the status is that of this very inode.</summary>
    public bool Matches(in FileStatus status) => this == Of(status);
}
