using Dom.Core.Contracts.Subd;
using Dom.Core.Objects;

namespace Dom.Roles.Sub.Update;

/// <summary>What an update brings, as its journal begins.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Image">The image it was made from.</param>
/// <param name="Previous">The image that what is replaced belonged to, to be kept as the way back; null for an update that keeps nothing.</param>
public sealed record JournalHeader(ObjectId PlanId, ImageReference Image, ImageReference? Previous = null);
