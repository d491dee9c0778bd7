using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Up to 1,000 paths, each directory before what is in it. The path that was asked for comes first.</summary>
[MessagePackObject]
public sealed partial record FilesPage
{
    /// <summary>The paths.</summary>
    public IReadOnlyList<FileEntry> Entries { get; init; } = [];
}
