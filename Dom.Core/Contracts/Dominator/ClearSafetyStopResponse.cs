using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>The plan that was let through.</summary>
[MessagePackObject]
public sealed partial record ClearSafetyStopResponse
{
    /// <summary>The plan.</summary>
    public required ObjectId PlanId { get; init; }
}
