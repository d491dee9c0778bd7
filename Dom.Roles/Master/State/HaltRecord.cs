namespace Dom.Roles.Master.State;

/// <summary>An image that stopped rolling after too many failures.</summary>
internal sealed record HaltRecord
{
    /// <summary>The image.</summary>
    public required string Image { get; init; }

    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When, for people.</summary>
    public DateTimeOffset Time { get; init; }
}
