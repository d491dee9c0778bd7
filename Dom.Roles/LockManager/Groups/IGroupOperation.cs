namespace Dom.Roles.LockManager.Groups;

/// <summary>Something to be done with a group's state; many of them share one write.</summary>
internal interface IGroupOperation
{
    /// <summary>Does it on a turn; may be called again on another one.</summary>
    void Apply(GroupTurn turn);

    /// <summary>The turn's state is durable: whoever asked may be told.</summary>
    void Complete();

    /// <summary>It could not be made durable, or nobody knows whether it was.</summary>
    void Fail(Exception fault);
}
