using Dom.Core.Objects;

namespace Dom.Roles.Master.State;

/// <summary>One plan of one machine that a person let through the safety stop.</summary>
internal sealed record SafetyClearRecord
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>The plan.</summary>
    public required ObjectId PlanId { get; init; }

    /// <summary>Who cleared it.</summary>
    public string User { get; init; } = "";

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When, for people.</summary>
    public DateTimeOffset Time { get; init; }
}
