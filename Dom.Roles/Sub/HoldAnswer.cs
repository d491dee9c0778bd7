using Dom.Core.Contracts.Subd;

namespace Dom.Roles.Sub;

/// <summary>What a poll got of the hold on the machine.</summary>
/// <param name="Number">Number of the hold; 0 when it was refused.</param>
/// <param name="HeldBy">Who has it instead; null when it was not refused.</param>
/// <param name="Change">What changed, for the audit log; empty when nothing did.</param>
internal readonly record struct HoldAnswer(ulong Number, MasterHold? HeldBy, string Change);
