namespace Dom.Cli.Output;

/// <summary>What <c>dom run --json</c> prints on a line for each role once it answers.</summary>
/// <param name="Role">The role.</param>
/// <param name="Address">Where it answers, as address and port.</param>
/// <param name="Version">The version of the program.</param>
internal sealed record RoleDocument(string Role, string Address, string Version);
