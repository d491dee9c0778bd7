namespace Dom.Core.Locks;

/// <summary>Who holds one slot of a group. Only <see cref="Id"/> is known of holders that other programs wrote into a shared document.</summary>
public sealed record LockHolder
{
    /// <summary>The name under which the slot is held: a machine id, a host name, a job.</summary>
    public required string Id { get; init; }

    /// <summary>Number of the grant, growing within the group; 0 when it is not known.</summary>
    public long Grant { get; init; }

    /// <summary>When it was granted, by the clock of the server that did; shown, never used to decide.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The user of the certificate that asked; empty when it is not known.</summary>
    public string User { get; init; } = "";

    /// <summary>What the asker said it is for.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The address it asked from.</summary>
    public string Address { get; init; } = "";

    /// <summary>The boot id of the machine when it asked; empty when it did not say.</summary>
    public string BootId { get; init; } = "";

    /// <summary>How long it expects to hold the slot; null when it did not say. Longer is an alarm, and by itself frees nothing.</summary>
    public TimeSpan? Expected { get; init; }
}
