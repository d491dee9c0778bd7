namespace Dom.Roles.Sub.Disruption;

/// <summary>Who decides whether this machine may be disrupted: a tool on the machine, or a lock-manager.</summary>
internal interface IDisruptionAuthority
{
    /// <summary>Its name for people.</summary>
    string Name { get; }

    /// <summary>Asks; within a time limit, and never throws for a failure of who is asked.</summary>
    Task<DisruptionAnswer> AskAsync(DisruptionQuestion question, CancellationToken cancellationToken);
}
