namespace Dom.Roles.Master.State;

/// <summary>A machine that has its turn to be updated.</summary>
internal sealed record TurnRecord
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>The image it is brought to.</summary>
    public required string Image { get; init; }

    /// <summary>When the turn began, for people.</summary>
    public DateTimeOffset Since { get; init; }
}
