namespace Dom.Cli.Setup;

/// <summary>One thing that <c>dom setup</c> did, or found as it should be.</summary>
/// <param name="Path">The file.</param>
/// <param name="Action">written, removed, owner set, or unchanged.</param>
/// <param name="Detail">Of it, for people.</param>
internal sealed record SetupStep(string Path, string Action, string Detail);
