using Dom.Core.Linux;

namespace Dom.Core.Trees.Scanning;

/// <summary>Which inode: unique on one machine at one time.</summary>
internal readonly record struct FileId(uint Device, ulong Inode)
{
    internal static FileId Of(in FileStatus status) => new(EntryFacts.PackDevice(status.Device), status.Inode);
}
