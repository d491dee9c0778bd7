using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.ImageServer;

/// <summary>One page of a list of directories.</summary>
[MessagePackObject]
public sealed partial record DirectoryPage
{
    /// <summary>Directories in the order of their paths.</summary>
    public IReadOnlyList<ImageDirectory> Directories { get; init; } = [];
}
