using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>The set was stored durably.</summary>
[MessagePackObject]
public sealed partial record ComputedResult
{
    /// <summary>Digest of the set, as polls name it.</summary>
    public required ObjectId Set { get; init; }
}
