using Dom.Core.Linux;
using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>A file as a snapshot names it.</summary>
[MessagePackObject]
public sealed partial record FileReference
{
    /// <summary>The absolute path.</summary>
    public required UnixPath Path { get; init; }

    /// <summary>The content the snapshot recorded; a file with another one is not read.</summary>
    public required ObjectId Content { get; init; }
}
