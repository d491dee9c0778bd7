namespace Dom.Roles.MdbSync.State;

/// <summary>A pause in upstream's file: the host name is its key.</summary>
internal sealed record PauseRecord
{
    /// <summary>Why.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The machine is left out of the list.</summary>
    public bool Remove { get; init; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset Until { get; init; }

    /// <summary>Who paused.</summary>
    public string Username { get; init; } = "";
}
