using Dom.Core.Contracts.Dominator;

namespace Dom.Roles.Master.State;

/// <summary>What people set besides the emergency stop.</summary>
internal sealed record ControlsState
{
    /// <summary>The image of machines for which the machine list requires none.</summary>
    public DefaultImage DefaultImage { get; init => field = value ?? new(); } = new();

    /// <summary>Pauses, at most one for each machine.</summary>
    public IReadOnlyList<SubPause> Pauses { get; init => field = value ?? []; } = [];

    /// <summary>Speeds for all subs.</summary>
    public SubsConfiguration SubsConfiguration { get; init => field = value ?? new(); } = new();
}
