namespace Dom.Cli.Quickstart;

/// <summary>Something done to the managed root that the image does not have, and how to see that it has been put right.</summary>
/// <param name="What">For people: <c>changed ssh/sshd_config</c>.</param>
/// <param name="Path">The path below the managed root, without a leading slash.</param>
/// <param name="Make">Does it.</param>
/// <param name="IsCorrected">True when the path is again as it was before.</param>
internal sealed record Deviation(string What, string Path, Action Make, Func<bool> IsCorrected);
