using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;

namespace Dom.Roles.Sub.Update;

/// <summary>What an update brings, as its journal begins.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Image">The image it was made from.</param>
public sealed record JournalHeader(ObjectId PlanId, ImageReference Image);
