namespace Dom.Roles.Master.State;

/// <summary>What a master is called towards subs: the same over restarts, so that they notice another master and not a new process.</summary>
internal sealed record MasterIdentity
{
    /// <summary>Host name and a random number.</summary>
    public required string Id { get; init; }
}
