namespace Dom.Roles.Master.State;

/// <summary>What the brake must remember across a restart.</summary>
internal sealed record BrakeState
{
    /// <summary>Machines that have their turn.</summary>
    public IReadOnlyList<TurnRecord> Turns { get; init => field = value ?? []; } = [];

    /// <summary>Machines on which an image failed.</summary>
    public IReadOnlyList<FailureRecord> Failures { get; init => field = value ?? []; } = [];

    /// <summary>Images that stopped rolling.</summary>
    public IReadOnlyList<HaltRecord> Halts { get; init => field = value ?? []; } = [];

    /// <summary>Machines that may be disrupted.</summary>
    public IReadOnlyList<DisruptionRecord> Disruptions { get; init => field = value ?? []; } = [];
}
