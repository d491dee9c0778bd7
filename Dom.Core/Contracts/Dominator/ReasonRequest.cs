using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>A control with its reason, which must not be empty.</summary>
[MessagePackObject]
public sealed partial record ReasonRequest
{
    /// <summary>Why, for everybody who asks later.</summary>
    public required string Reason { get; init; }
}
