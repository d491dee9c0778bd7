using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>A path of a machine as its sub saw it last.</summary>
[MessagePackObject]
public sealed partial record FileEntry
{
    /// <summary>The absolute path.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>What stands there.</summary>
    public required InodeFacts Inode { get; init; }

    /// <summary>True for a file whose content was not read yet, so that its object is not known.</summary>
    public bool IsUnread { get; init; }
}
