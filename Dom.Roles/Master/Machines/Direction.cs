using Dom.Core.Objects;

namespace Dom.Roles.Master.Machines;

/// <summary>An update that a machine accepted and has not been seen to end.</summary>
/// <param name="PlanId">The plan.</param>
/// <param name="Steps">Its steps.</param>
/// <param name="IsDrift">True when it brings the machine back to the image it already had.</param>
/// <param name="Epoch">The process of the sub that accepted it.</param>
/// <param name="Started">When it was accepted, on the monotonic clock.</param>
internal sealed record Direction(ObjectId PlanId, int Steps, bool IsDrift, ulong Epoch, long Started);
