using Dom.Core.Linux;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Images;

/// <summary>A path whose content is computed for each machine.</summary>
[MessagePackObject]
public sealed partial record ComputedPath
{
    /// <summary>The absolute path; the tree has an inode of kind computed there.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>The file generator (host:port) that computes it.</summary>
    public required string Source { get; init; }
}
