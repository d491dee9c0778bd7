namespace Dom.Core.Contracts.LockManager;

/// <summary>Stable codes of the errors of <c>LockManager</c>. Most are the kinds that FleetLock clients get.</summary>
public static class LockErrorCode
{
    /// <summary>No slot is free for the asker.</summary>
    public const string LockHeld = "lock_held";

    /// <summary>Nothing is granted outside the windows.</summary>
    public const string WindowClosed = "window_closed";

    /// <summary>The group is frozen.</summary>
    public const string Frozen = "frozen";

    /// <summary>The pause after the last grant is not over.</summary>
    public const string Pause = "pause";

    /// <summary>There is no such group.</summary>
    public const string UnknownGroup = "unknown_group";

    /// <summary>The store cannot be reached, or what stands in it is no group.</summary>
    public const string StoreUnavailable = "store_unavailable";

    /// <summary>The request is wrong.</summary>
    public const string BadRequest = "bad_request";

    /// <summary>The slot is held under this name by another user, or by one at another address.</summary>
    public const string HeldByOther = "held_by_other";

    /// <summary>The name holds no slot; only for strict callers.</summary>
    public const string NotHeld = "not_held";

    /// <summary>The name holds a slot already; only for strict callers.</summary>
    public const string Exists = "holder_exists";

    /// <summary>A reason must be given.</summary>
    public const string NoReason = "no_reason";

    /// <summary>The store keeps numbers and names only.</summary>
    public const string NotKept = "not_kept";

    /// <summary>Too many wait, or follow events.</summary>
    public const string TooMany = "too_many";
}
