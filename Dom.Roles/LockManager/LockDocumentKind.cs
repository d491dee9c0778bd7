namespace Dom.Roles.LockManager;

/// <summary>Whose document an etcd holds.</summary>
public enum LockDocumentKind
{
    /// <summary>Ours: with reasons, freezes and percentages.</summary>
    Dom,

    /// <summary>airlock's, under its keys: both serve the same slots.</summary>
    Airlock,
}
