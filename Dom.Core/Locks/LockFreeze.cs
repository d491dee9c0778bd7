namespace Dom.Core.Locks;

/// <summary>A group in which nothing is granted until somebody ends that, or until a time.</summary>
public sealed record LockFreeze
{
    /// <summary>Who froze it.</summary>
    public required string User { get; init; }

    /// <summary>Why.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public DateTimeOffset? Until { get; init; }
}
