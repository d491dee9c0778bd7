namespace Dom.Roles.Master.State;

/// <summary>A machine on which an image failed.</summary>
internal sealed record FailureRecord
{
    /// <summary>The image.</summary>
    public required string Image { get; init; }

    /// <summary>The machine.</summary>
    public required string Hostname { get; init; }

    /// <summary>What happened.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When, for people.</summary>
    public DateTimeOffset Time { get; init; }
}
