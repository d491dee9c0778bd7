namespace Dom.Cli.Commands;

/// <summary>What <c>dom lock run --json</c> prints.</summary>
/// <param name="Group">The group.</param>
/// <param name="Id">The name under which the slot was held.</param>
/// <param name="Grant">Number of the grant.</param>
/// <param name="CommandExitCode">What the command returned.</param>
/// <param name="Released">False when the slot could not be given back.</param>
internal sealed record LockRunDocument(string Group, string Id, long Grant, int CommandExitCode, bool Released);
