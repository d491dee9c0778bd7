namespace Dom.Roles.Master.State;

/// <summary>A machine that may be disrupted now, and counts in its group.</summary>
internal sealed record DisruptionRecord
{
    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>Its group.</summary>
    public required string Group { get; init; }

    /// <summary>Since when, for people.</summary>
    public DateTimeOffset Since { get; init; }
}
