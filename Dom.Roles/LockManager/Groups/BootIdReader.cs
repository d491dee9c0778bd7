namespace Dom.Roles.LockManager.Groups;

/// <summary>The boot ids that machines have now, by host name; machines that did not answer the master lately are left out.</summary>
/// <param name="hostnames">Whom to ask for; names of others may be among them.</param>
/// <param name="cancellationToken">Ends the call.</param>
internal delegate Task<IReadOnlyDictionary<string, string>> BootIdReader(IReadOnlyList<string> hostnames, CancellationToken cancellationToken);
