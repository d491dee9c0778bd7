namespace Dom.Roles.LockManager;

/// <summary>Where semaphores are kept.</summary>
public enum LockStoreKind
{
    /// <summary>In the state directory of this machine.</summary>
    File,

    /// <summary>In an etcd 3.4 or later, which several lock-managers may share.</summary>
    Etcd,

    /// <summary>In an etcd with the v2 keys API, where locksmith keeps them.</summary>
    EtcdV2,
}
