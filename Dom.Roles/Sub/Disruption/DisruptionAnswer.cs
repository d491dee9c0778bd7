using Dom.Core.Contracts.Subd;

namespace Dom.Roles.Sub.Disruption;

/// <summary>What was answered.</summary>
/// <param name="State">How things are.</param>
/// <param name="Reason">What was said with it; of a failure what went wrong, with the name of who was asked.</param>
internal sealed record DisruptionAnswer(DisruptionState State, string Reason)
{
    /// <summary>Nobody was asked.</summary>
    public static DisruptionAnswer None { get; } = new(DisruptionState.None, "");
}
