namespace Dom.Roles.LockManager;

/// <summary>Where semaphores are kept.</summary>
public enum LockStoreKind
{
    /// <summary>In the state directory of this machine.</summary>
    File,
}
