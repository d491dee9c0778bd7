using Dom.Core.Contracts.Subd;

namespace Dom.Roles.Sub;

/// <summary>What phases have in common.</summary>
internal static class SubPhases
{
    /// <summary>True while an update is under way or being finished.</summary>
    public static bool IsUpdating(this SubPhase phase) => phase is >= SubPhase.Preparing and <= SubPhase.Recovering;
}
