using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>What is tried once more.</summary>
[MessagePackObject]
public sealed partial record RetryResponse
{
    /// <summary>The manifest that was remembered and is offered again; none when none was remembered.</summary>
    public ObjectId Manifest { get; init; }
}
