using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Subd;

/// <summary>Rule 22: asks for a plan in pages; changes nothing. With neither field, the plan for the required image.</summary>
[MessagePackObject]
public sealed partial record GetPlanRequest
{
    /// <summary>A plan the sub offered.</summary>
    public ObjectId PlanId { get; init; }

    /// <summary>An image whose manifest and blocks the sub has.</summary>
    public ObjectId Manifest { get; init; }
}
