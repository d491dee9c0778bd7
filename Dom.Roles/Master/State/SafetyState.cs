namespace Dom.Roles.Master.State;

/// <summary>What was let through the safety stop.</summary>
internal sealed record SafetyState
{
    /// <summary>One entry for each machine at most.</summary>
    public IReadOnlyList<SafetyClearRecord> Clears { get; init => field = value ?? []; } = [];
}
