using Dom.Core.Objects;
using Dom.Core.Rpc.MessagePack;

namespace Dom.Core.Contracts.Dominator;

/// <summary>Lets one plan of one machine through the safety stop (rule 18).</summary>
[MessagePackObject]
public sealed partial record ClearSafetyStopRequest
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>The plan; none for the one the machine is stopped at now.</summary>
    public ObjectId PlanId { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }
}
