namespace Dom.Core.Locks;

/// <summary>How a group is written in a store.</summary>
public enum DocumentForm
{
    /// <summary>locksmith's three fields first, then what we know besides.</summary>
    Dom,

    /// <summary>locksmith's three fields only: <c>{"semaphore":1,"max":1,"holders":null}</c>.</summary>
    Locksmith,

    /// <summary>airlock's two fields: <c>{"total_slots":1,"holders":[]}</c>.</summary>
    Airlock,
}
